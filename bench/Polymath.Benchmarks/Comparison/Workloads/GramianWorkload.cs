using Polymath.Tensors;

namespace Polymath.Benchmarks.Comparison;

/// <summary>The K x K inner products of K long rows.</summary>
internal sealed class GramianWorkload : Workload
{
    private readonly TaskGradients _rows;
    private readonly double[] _gramian;

    public GramianWorkload(int tasks, int parameters)
    {
        _rows = new TaskGradients(tasks, parameters);
        _gramian = new double[tasks * tasks];
        for (int k = 0; k < tasks; k++) new RandomStream(1).Derive($"row {k}").FillNormal(_rows.Row(k));
    }

    public override void Run() => _rows.Gramian(_gramian);

    public override void Dispose()
    {
    }
}
