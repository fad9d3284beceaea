namespace Polymath.Onnx.Format;

/// <summary>
/// A message of the ONNX format. Field numbers are those of <c>onnx.proto</c>; each message lists its fields once, and the list is walked to
/// measure it and to write it.
/// </summary>
internal abstract record OnnxMessage
{
    private long _size = -1;

    /// <summary>Bytes of the message without its own tag and length; it must not change once asked for.</summary>
    public long Size
    {
        get
        {
            if (_size >= 0) return _size;
            var measure = new FieldMeasure();
            Visit(measure);
            return _size = measure.Bytes;
        }
    }

    /// <summary>Names every field that is set, in ascending order of its number.</summary>
    public abstract void Visit(IFieldVisitor fields);
}
