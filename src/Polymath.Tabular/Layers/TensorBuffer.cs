using System.Buffers;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>A short-lived list of tensor handles from the array pool, so that a forward pass allocates nothing and modules stay usable from several threads.</summary>
internal readonly ref struct TensorBuffer : IDisposable
{
    private readonly Tensor[] _rented;
    private readonly int _count;

    public TensorBuffer(int count)
    {
        _rented = ArrayPool<Tensor>.Shared.Rent(count);
        _count = count;
    }

    public Span<Tensor> Span => _rented.AsSpan(0, _count);

    public void Dispose() => ArrayPool<Tensor>.Shared.Return(_rented, clearArray: true);
}
