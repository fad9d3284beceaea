using Polymath.Tensors;

namespace Polymath.Benchmarks.Comparison;

/// <summary>C[m, n] = op(A) op(B) into a pooled buffer.</summary>
internal sealed class GemmWorkload : Workload
{
    private readonly Tensor _a, _b;
    private readonly bool _transposeA, _transposeB;
    private readonly Tape _tape;

    /// <summary>A product of uniform numbers.</summary>
    /// <param name="m">Rows of C.</param>
    /// <param name="k">Terms of every sum.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="layout">Which operand is stored transposed: NN, TN or NT.</param>
    public GemmWorkload(int m, int k, int n, string layout)
    {
        (_transposeA, _transposeB) = (layout[0] == 'T', layout[1] == 'T');
        var random = new RandomStream(1);
        _a = Tensor.Uniform(random, _transposeA ? new Shape(k, m) : new Shape(m, k));
        _b = Tensor.Uniform(random, _transposeB ? new Shape(n, k) : new Shape(k, n));
        _tape = new Tape();
    }

    public override void Run()
    {
        _tape.Reset();
        _a.MatMul(_b, _transposeA, _transposeB);
    }

    public override void Dispose() => _tape.Dispose();
}
