using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Polymath.Tensors.Safetensors;

namespace Polymath.Learning.Losses;

/// <summary>Rows kept as singles or doubles in one array.</summary>
internal sealed class StoredClassRows<T> : ClassRows
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[] _values;

    public StoredClassRows(int classes, int hidden)
        : base(classes, hidden)
    {
        if ((long)classes * hidden > Array.MaxLength) throw new FactoredOutputException($"FactoredSphericalOutput: found {classes} classes of {hidden} hidden units, expected no more than {Array.MaxLength} numbers; use a narrower hidden layer.");
        _values = new T[classes * hidden];
    }

    public override void Read(int row, Span<double> destination) => TensorPrimitives.ConvertTruncating<T, double>(Row(row), destination);

    public override void Write(int row, ReadOnlySpan<double> source) => TensorPrimitives.ConvertTruncating<double, T>(source, Row(row));

    public override SafetensorsEntry Entry(string name) => new(name, typeof(T) == typeof(double) ? SafetensorsType.F64 : SafetensorsType.F32, [Classes, Hidden], stream =>
    {
        for (int r = 0; r < Classes; r++) stream.Write(MemoryMarshal.AsBytes(Row(r)));
    });

    private Span<T> Row(int row) => _values.AsSpan(row * Hidden, Hidden);
}
