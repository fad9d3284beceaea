using BenchmarkDotNet.Attributes;
using Polymath.Tensors;

namespace Polymath.Benchmarks;

/// <summary>Matrix products of the sizes that tabular models are made of: a batch through a hidden layer, and its two backward products.</summary>
[MemoryDiagnoser]
public class GemmBenchmarks
{
    private Tape _tape = null!;
    private Tensor _a, _b;

    /// <summary>Rows x inputs x outputs.</summary>
    [Params("32x32x32", "64x64x64", "256x64x64", "512x256x128", "512x227x256", "4096x512x512", "1024x1024x1024")]
    public string Size { get; set; } = string.Empty;

    /// <summary>Which operands are stored transposed: none, the first (dW = X^T dY) or the second (Y = X W^T).</summary>
    [Params("NN", "TN", "NT")]
    public string Layout { get; set; } = "NN";

    /// <summary>Fills the operands.</summary>
    [GlobalSetup]
    public void Setup()
    {
        int[] sizes = [.. Size.Split('x').Select(int.Parse)];
        (int m, int k, int n) = (sizes[0], sizes[1], sizes[2]);
        var random = new RandomStream(1);
        _a = Tensor.Uniform(random, Layout[0] == 'T' ? new Shape(k, m) : new Shape(m, k));
        _b = Tensor.Uniform(random, Layout[1] == 'T' ? new Shape(n, k) : new Shape(k, n));
        _tape = new Tape();
    }

    /// <summary>Gives the buffers back.</summary>
    [GlobalCleanup]
    public void Cleanup() => _tape.Dispose();

    /// <summary>One product into a pooled buffer.</summary>
    [Benchmark]
    public float Multiply()
    {
        _tape.Reset();
        return _a.MatMul(_b, Layout[0] == 'T', Layout[1] == 'T').Span[0];
    }
}
