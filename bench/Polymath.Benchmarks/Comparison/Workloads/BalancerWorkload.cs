using Polymath.Learning.Balancing;
using Polymath.Tensors;

namespace Polymath.Benchmarks.Comparison;

/// <summary>The rule alone, on Gramians of random gradients about half of which conflict; another one each time, so that no start is warm.</summary>
internal sealed class BalancerWorkload : Workload
{
    private const int Gramians = 64, Parameters = 32;

    private readonly Balancer _balancer;
    private readonly double[][] _gramians = new double[Gramians][];
    private readonly double[] _weights;
    private readonly float[] _losses;
    private readonly RandomStream _random = new(2);
    private int _next;

    public BalancerWorkload(string balancer, int tasks)
    {
        _balancer = Balancers.Create(balancer);
        _balancer.Prepare(tasks);
        (_weights, _losses) = (new double[tasks], new float[tasks]);
        _losses.AsSpan().Fill(1f);
        var rows = new TaskGradients(tasks, Parameters);
        for (int i = 0; i < Gramians; i++)
        {
            for (int k = 0; k < tasks; k++) _random.FillNormal(rows.Row(k), 0f, 1f + k);
            _gramians[i] = new double[tasks * tasks];
            rows.Gramian(_gramians[i]);
        }
    }

    public override void Run()
    {
        _next = (_next + 1) % Gramians;
        _balancer.Weigh(new BalanceInput { Losses = _losses, Gramian = _gramians[_next], Random = _random }, _weights);
    }

    public override void Dispose()
    {
    }
}
