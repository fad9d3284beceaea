using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Benchmarks.Comparison;

/// <summary>
/// One transformer encoder block (Vaswani et al. 2017), normalisation after each part: h = norm(x + attention(x)), y = norm(h + mlp(h));
/// forward, and backward to parameters and input.
/// </summary>
internal sealed class EncoderWorkload : Workload
{
    private readonly MultiheadAttention _attention;
    private readonly LayerNorm _first, _second;
    private readonly Mlp _mlp;
    private readonly Tensor _input, _cotangents;
    private readonly TaskGradients _gradients;
    private readonly Tape _tape;

    public EncoderWorkload(EncoderSize size)
    {
        var random = new RandomStream(1);
        _attention = new MultiheadAttention(size.Width, size.Heads, random);
        (_first, _second) = (new LayerNorm(size.Width), new LayerNorm(size.Width));
        _mlp = new Mlp(size.Width, new MlpOptions { Hidden = [size.Hidden], OutputSize = size.Width }, random);
        _input = Tensor.Normal(random, new Shape(size.Batch, size.Length, size.Width)).WithGradient();
        _cotangents = Tensor.Normal(random, _input.Shape.Prepend(1));
        Module[] parts = [_attention, _first, _second, _mlp];
        var layout = new ParameterLayout([.. parts.SelectMany(part => part.NamedParameters()).Select(entry => entry.Value.Value), _input], []);
        _gradients = new TaskGradients(1, layout);
        _tape = new Tape();
    }

    public override void Run()
    {
        _tape.Reset();
        Tensor h = _first.Forward(_input + _attention.Forward(_input));
        Tensor y = _second.Forward(h + _mlp.Forward(h));
        _gradients.Clear();
        _tape.Backward(y, _cotangents, _gradients);
    }

    public override void Dispose() => _tape.Dispose();
}
