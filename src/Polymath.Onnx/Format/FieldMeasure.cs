using Google.Protobuf;

namespace Polymath.Onnx.Format;

/// <summary>Adds up the bytes of fields.</summary>
internal sealed class FieldMeasure : IFieldVisitor
{
    /// <summary>Bytes so far.</summary>
    public long Bytes { get; private set; }

    /// <inheritdoc/>
    public void Integer(int field, long value) => Bytes += CodedOutputStream.ComputeTagSize(field) + CodedOutputStream.ComputeInt64Size(value);

    /// <inheritdoc/>
    public void Single(int field, float value) => Bytes += CodedOutputStream.ComputeTagSize(field) + sizeof(float);

    /// <inheritdoc/>
    public void Text(int field, string value) => Bytes += CodedOutputStream.ComputeTagSize(field) + CodedOutputStream.ComputeStringSize(value);

    /// <inheritdoc/>
    public void Integers(int field, ReadOnlySpan<long> values) => Block(field, PackedSize(values));

    /// <inheritdoc/>
    public void Singles(int field, ReadOnlySpan<float> values) => Block(field, (long)sizeof(float) * values.Length);

    /// <inheritdoc/>
    public void Doubles(int field, ReadOnlySpan<double> values) => Block(field, (long)sizeof(double) * values.Length);

    /// <inheritdoc/>
    public void Message(int field, OnnxMessage value) => Block(field, value.Size);

    /// <summary>Bytes of integers one after the other.</summary>
    public static long PackedSize(ReadOnlySpan<long> values)
    {
        long size = 0;
        foreach (long value in values) size += CodedOutputStream.ComputeInt64Size(value);
        return size;
    }

    private void Block(int field, long size) => Bytes += CodedOutputStream.ComputeTagSize(field) + CodedOutputStream.ComputeUInt64Size((ulong)size) + size;
}
