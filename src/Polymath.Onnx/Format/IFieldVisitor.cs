namespace Polymath.Onnx.Format;

/// <summary>What a message tells about its fields, by the wire forms that ONNX uses.</summary>
internal interface IFieldVisitor
{
    /// <summary>An integer as a varint.</summary>
    void Integer(int field, long value);

    /// <summary>A 32-bit float.</summary>
    void Single(int field, float value);

    /// <summary>A string, or bytes that hold UTF-8.</summary>
    void Text(int field, string value);

    /// <summary>Integers in one packed field.</summary>
    void Integers(int field, ReadOnlySpan<long> values);

    /// <summary>32-bit floats in one packed field.</summary>
    void Singles(int field, ReadOnlySpan<float> values);

    /// <summary>64-bit floats in one packed field.</summary>
    void Doubles(int field, ReadOnlySpan<double> values);

    /// <summary>A message.</summary>
    void Message(int field, OnnxMessage value);

    /// <summary>One field per string.</summary>
    void Texts(int field, IReadOnlyList<string> values)
    {
        foreach (string value in values) Text(field, value);
    }

    /// <summary>One field per message.</summary>
    void Messages(int field, IEnumerable<OnnxMessage> values)
    {
        foreach (OnnxMessage value in values) Message(field, value);
    }
}
