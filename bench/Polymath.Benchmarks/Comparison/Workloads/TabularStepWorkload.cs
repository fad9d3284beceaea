namespace Polymath.Benchmarks.Comparison;

/// <summary>A training step of a tabular model with equal weights: gather, forward, losses, backward, Adam.</summary>
internal sealed class TabularStepWorkload(string model, IReadOnlyDictionary<string, string> options, TableShape shape, int tasks, int batch) : Workload
{
    private readonly MultiTaskStep _step = new(model, options, shape, tasks, "ew", batch);

    public override void Run() => _step.Run();

    public override void Dispose() => _step.Dispose();
}
