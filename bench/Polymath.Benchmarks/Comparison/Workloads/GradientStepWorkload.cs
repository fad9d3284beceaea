using Polymath.Learning.Balancing;
using Polymath.Tensors;

namespace Polymath.Benchmarks.Comparison;

/// <summary>Forward, K losses, their gradients in one sweep, the rule, and the combined gradient; the optimiser is not part of it.</summary>
internal sealed class GradientStepWorkload : Workload
{
    private readonly HeadedMlp _network;
    private readonly Balancer? _balancer;
    private readonly Tensor[] _losses;
    private readonly float[] _values, _gradient;
    private readonly double[] _gramian, _weights;
    private readonly TaskGradients _rows;
    private readonly RandomStream _random = new(2);
    private readonly Tape _tape;

    /// <summary>A step.</summary>
    /// <param name="balancer">The rule; null stops at the K rows.</param>
    /// <param name="tasks">K.</param>
    /// <param name="size">The network.</param>
    public GradientStepWorkload(string? balancer, int tasks, MlpSize size)
    {
        _network = new HeadedMlp(size, tasks);
        ParameterLayout layout = _network.Layout();
        layout.Pack();
        _balancer = balancer is null ? null : Balancers.Create(balancer);
        _balancer?.Prepare(tasks);
        (_losses, _values, _gradient) = (new Tensor[tasks], new float[tasks], new float[layout.SharedCount]);
        (_gramian, _weights) = (new double[tasks * tasks], new double[tasks]);
        _rows = new TaskGradients(tasks, layout);
        _tape = new Tape();
    }

    public override void Run()
    {
        _tape.Reset();
        _network.Losses(_losses);
        _tape.Backward(_losses, _rows);
        if (_balancer is null) return;
        for (int k = 0; k < _losses.Length; k++) _values[k] = _losses[k].Item();
        _rows.Gramian(_gramian);
        _balancer.Combine(new BalanceInput { Losses = _values, Gramian = _gramian, Random = _random }, _rows, _gradient, _weights);
    }

    public override void Dispose() => _tape.Dispose();
}
