using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>Numbered layers, one after the other; optionally in segments that are computed again in the backward sweep.</summary>
internal sealed class LayerStack
{
    private readonly int _layers;
    private readonly Func<Tensor, int, Tensor> _layer;
    private readonly Func<Tensor, Tensor>[] _segments;

    /// <param name="layers">How many there are.</param>
    /// <param name="checkpoint">Layers in a segment, or 0 for no segments.</param>
    /// <param name="layer">The layer of a number applied to its input.</param>
    public LayerStack(int layers, int checkpoint, Func<Tensor, int, Tensor> layer)
    {
        (_layers, _layer) = (layers, layer);
        _segments = new Func<Tensor, Tensor>[checkpoint == 0 ? 0 : (layers + checkpoint - 1) / checkpoint];
        for (int s = 0; s < _segments.Length; s++)
        {
            int first = s * checkpoint, end = Math.Min(layers, first + checkpoint);
            _segments[s] = x => Run(x, first, end);
        }
    }

    public Tensor Forward(Tensor input)
    {
        if (_segments.Length == 0) return Run(input, 0, _layers);
        Tensor x = input;
        foreach (Func<Tensor, Tensor> segment in _segments) x = Tape.Checkpoint(segment, x);
        return x;
    }

    private Tensor Run(Tensor input, int first, int end)
    {
        Tensor x = input;
        for (int layer = first; layer < end; layer++) x = _layer(x, layer);
        return x;
    }
}
