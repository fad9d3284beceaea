using System.Numerics.Tensors;
using Polymath.Merging.Sources;

namespace Polymath.Merging.Blending;

/// <summary>A piece of a tensor while it is merged: the same elements of every source, read when first asked for, and room for the result.</summary>
/// <remarks>The spans are this block's own copies; a rule may overwrite them. They are valid until the rule returns.</remarks>
public sealed class Block
{
    private readonly TensorMerge _tensor;
    private readonly float[] _buffer;
    private readonly bool[] _read, _done;

    internal Block(TensorMerge tensor, int index, long start, int length, float[] buffer)
    {
        _tensor = tensor;
        _buffer = buffer;
        _read = new bool[tensor.Sources.Count];
        _done = new bool[tensor.Sources.Count];
        Index = index;
        Start = start;
        Length = length;
    }

    /// <summary>Which block of the tensor, from 0.</summary>
    public int Index { get; }

    /// <summary>The first element, in row-major order.</summary>
    public long Start { get; }

    /// <summary>Number of elements.</summary>
    public int Length { get; }

    /// <summary>Receives the merged elements; its content is undefined before.</summary>
    public Span<float> Output => _buffer.AsSpan(0, Length);

    /// <summary>The elements of a source, read from it on the first call.</summary>
    /// <param name="source">The position in <see cref="TensorMerge.Sources"/>.</param>
    public Span<float> Source(int source)
    {
        Span<float> values = _buffer.AsSpan((1 + source) * Length, Length);
        if (!_read[source])
        {
            SourceTensor from = _tensor.Sources[source].Tensor;
            from.Read(Start, values);
            if (_tensor.Settings.NonFinite is { } report && !TensorPrimitives.IsFiniteAll<float>(values)) report(_tensor.Name, _tensor.Sources[source].Model, Start, values);
            _tensor.Settings.Rounding.Apply(values);
            _read[source] = true;
        }

        return values;
    }

    /// <summary>Room for as many elements as the block has; its content is undefined.</summary>
    /// <param name="index">Which of the scratch spans that were asked for.</param>
    public Span<float> Scratch(int index) => _buffer.AsSpan((1 + _tensor.Sources.Count + index) * Length, Length);

    /// <summary>True on the first call for a source: for work that overwrites its elements and must not be repeated.</summary>
    /// <param name="source">The position in <see cref="TensorMerge.Sources"/>.</param>
    public bool Once(int source) => !_done[source] && (_done[source] = true);

    /// <summary>Rounds intermediate values to the type that is computed in; does nothing in single precision.</summary>
    public void Round(Span<float> values) => _tensor.Settings.Rounding.Apply(values);
}
