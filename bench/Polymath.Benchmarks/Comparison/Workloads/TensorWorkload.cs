using Polymath.Tensors;

namespace Polymath.Benchmarks.Comparison;

/// <summary>An operation on large tensors.</summary>
internal sealed class TensorWorkload : Workload
{
    private readonly Tensor[] _inputs;
    private readonly Func<Tape, Tensor[], Tensor> _operation;
    private readonly Tape _tape;

    /// <summary>An operation.</summary>
    /// <param name="shapes">Shapes of its inputs, which are uniform in [-1, 1).</param>
    /// <param name="operation">The work; results live on the tape.</param>
    public TensorWorkload(IEnumerable<Shape> shapes, Func<Tape, Tensor[], Tensor> operation)
    {
        var random = new RandomStream(1);
        _inputs = [.. shapes.Select(shape => Tensor.Uniform(random, shape, -1f, 1f))];
        _operation = operation;
        _tape = new Tape();
    }

    public override void Run()
    {
        _tape.Reset();
        _operation(_tape, _inputs);
    }

    public override void Dispose()
    {
        _tape.Dispose();
        BufferPool.Trim();
    }
}
