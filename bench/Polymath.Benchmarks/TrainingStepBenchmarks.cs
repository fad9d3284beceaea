using BenchmarkDotNet.Attributes;

namespace Polymath.Benchmarks;

/// <summary>
/// One training step of MMoE: gather, forward, K losses, backward, balancer, Adam. Equal weighting sweeps the weighted sum once;
/// CAGrad needs the K rows of the Jacobian, which also come out of one sweep. The ratio is what a gradient-based balancer costs.
/// </summary>
[MemoryDiagnoser]
public class TrainingStepBenchmarks
{
    private MultiTaskStep _step = null!;

    /// <summary>K.</summary>
    [Params(2, 8)]
    public int Tasks { get; set; }

    /// <summary>Equal weighting or CAGrad.</summary>
    [Params("ew", "cagrad")]
    public string Balancer { get; set; } = "ew";

    /// <summary>Makes model and data.</summary>
    [GlobalSetup]
    public void Setup() => _step = new MultiTaskStep("mmoe", new Dictionary<string, string> { ["expert-hidden"] = "128/64" }, TableShape.Census, Tasks, Balancer, batchSize: 512);

    /// <summary>Gives the buffers back.</summary>
    [GlobalCleanup]
    public void Cleanup() => _step.Dispose();

    /// <summary>One step of 512 rows.</summary>
    [Benchmark]
    public float Step() => _step.Run();
}
