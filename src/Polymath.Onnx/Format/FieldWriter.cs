using Google.Protobuf;

namespace Polymath.Onnx.Format;

/// <summary>Writes fields to a stream; the values of tensors go out as they are walked, without a copy.</summary>
internal sealed class FieldWriter(CodedOutputStream output) : IFieldVisitor
{
    /// <inheritdoc/>
    public void Integer(int field, long value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
    }

    /// <inheritdoc/>
    public void Single(int field, float value)
    {
        output.WriteTag(field, WireFormat.WireType.Fixed32);
        output.WriteFloat(value);
    }

    /// <inheritdoc/>
    public void Text(int field, string value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    }

    /// <inheritdoc/>
    public void Integers(int field, ReadOnlySpan<long> values)
    {
        Begin(field, FieldMeasure.PackedSize(values));
        foreach (long value in values) output.WriteInt64(value);
    }

    /// <inheritdoc/>
    public void Singles(int field, ReadOnlySpan<float> values)
    {
        Begin(field, (long)sizeof(float) * values.Length);
        foreach (float value in values) output.WriteFloat(value);
    }

    /// <inheritdoc/>
    public void Doubles(int field, ReadOnlySpan<double> values)
    {
        Begin(field, (long)sizeof(double) * values.Length);
        foreach (double value in values) output.WriteDouble(value);
    }

    /// <inheritdoc/>
    public void Message(int field, OnnxMessage value)
    {
        Begin(field, value.Size);
        value.Visit(this);
    }

    private void Begin(int field, long size)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteLength(checked((int)size));
    }
}
