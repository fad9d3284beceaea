using System.Diagnostics;
using Polymath.Learning;
using Polymath.Learning.Balancing;
using Polymath.Learning.Losses;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Benchmarks;

/// <summary>A training step written with the public parts only, so that it can be timed without the trainer around it.</summary>
internal sealed class MultiTaskStep : IDisposable
{
    private const int Rows = 8192;

    private readonly ArrayDataset _data;
    private readonly TabularModel _model;
    private readonly Balancer _balancer;
    private readonly Optimizer _optimizer = Optimizers.Create("adam:lr=0.001");
    private readonly Loss[] _losses;
    private readonly Tensor[] _outputs, _values;
    private readonly ParameterLayout _layout;
    private readonly Tensor _block;
    private readonly TaskGradients _rows;
    private readonly float[] _gradient, _labels, _lossValues;
    private readonly double[] _weights, _gramian;
    private readonly int[] _order;
    private readonly int _batchSize;
    private readonly bool _needsRows;
    private readonly Tape _tape = new();
    private Batch? _batch;
    private int _next;

    public MultiTaskStep(string model, IReadOnlyDictionary<string, string> options, TableShape shape, int tasks, string balancer, int batchSize)
    {
        (_data, _batchSize) = (shape.Data(tasks, Rows), batchSize);
        var targets = new TaskSet(Enumerable.Range(0, tasks).Select(k => Target.Binary($"t{k}")));
        _model = TabularModels.Create(model, shape.Schema, targets, options, seed: 1);
        _model.SetRandom(new RandomStream(2));
        _balancer = Balancers.Create(balancer);
        _balancer.Prepare(tasks);
        _needsRows = (_balancer.Needs & (BalancerNeeds.Gramian | BalancerNeeds.Gradients)) != 0;
        _losses = [.. targets.Select(LossFunctions.For)];
        (_outputs, _values) = (new Tensor[tasks], new Tensor[tasks]);
        _layout = Layout();
        _block = _layout.Pack();
        _optimizer.Prepare(_layout.Count);
        _rows = _needsRows ? new TaskGradients(tasks, _layout) : new TaskGradients(_layout);
        (_gradient, _labels, _lossValues) = (new float[_needsRows ? _layout.Count : 0], new float[batchSize], new float[tasks]);
        (_weights, _gramian) = (new double[tasks], new double[tasks * tasks]);
        _order = new int[Rows];
        new RandomStream(3).FillPermutation(_order);
        _model.Train();
    }

    /// <summary>Names of the parts that <see cref="Ticks"/> adds up.</summary>
    public static IReadOnlyList<string> Parts { get; } = ["gather", "forward", "losses", "backward", "balance", "adam"];

    /// <summary>Time spent in each part so far, in stopwatch ticks.</summary>
    public long[] Ticks { get; } = new long[6];

    /// <summary>One step; returns the first loss.</summary>
    public float Run()
    {
        long clock = Stopwatch.GetTimestamp();
        if (_next + _batchSize > _order.Length) _next = 0;
        ReadOnlySpan<int> rows = _order.AsSpan(_next, _batchSize);
        _next += _batchSize;
        _tape.Reset();
        Batch batch = _batch = _data.Gather(rows, _batch);
        Lap(0, ref clock);
        _model.Forward(batch, _outputs);
        Lap(1, ref clock);
        ReadOnlySpan<float> targets = batch.Targets.Span;
        int tasks = _outputs.Length;
        for (int k = 0; k < tasks; k++)
        {
            for (int i = 0; i < _labels.Length; i++) _labels[i] = targets[(i * tasks) + k];
            _values[k] = _losses[k].Mean(_outputs[k], _labels, out _);
            _lossValues[k] = _values[k].Item();
        }

        Lap(2, ref clock);
        if (_needsRows)
        {
            _tape.Backward(_values, _rows);
            Lap(3, ref clock);
            _rows.Gramian(_gramian);
            _balancer.Combine(new BalanceInput { Losses = _lossValues, Gramian = _gramian }, _rows, _gradient.AsSpan(0, _layout.SharedCount), _weights);
            _rows.Own.CopyTo(_gradient.AsSpan(_layout.SharedCount));
        }
        else
        {
            _balancer.Weigh(new BalanceInput { Losses = _lossValues }, _weights);
            _tape.Backward(_values, _weights, _rows);
            Lap(3, ref clock);
        }

        Lap(4, ref clock);
        _optimizer.Step(_block.Span, _needsRows ? _gradient : _rows.Flat);
        Lap(5, ref clock);
        return _lossValues[0];
    }

    public void Dispose() => _tape.Dispose();

    private void Lap(int part, ref long clock)
    {
        long now = Stopwatch.GetTimestamp();
        Ticks[part] += now - clock;
        clock = now;
    }

    /// <summary>Parameters reached by more than one task first, then those of single tasks.</summary>
    private ParameterLayout Layout()
    {
        using var tape = new Tape();
        _model.Forward(_data.Gather([0, 1]), _outputs);
        Tensor[] sums = [.. _outputs.Select(output => output.Sum())];
        Tensor[] leaves = [.. _model.NamedParameters().Select(entry => entry.Value.Value)];
        bool[,] reach = tape.Reach(sums, leaves);
        int[] reached = [.. Enumerable.Range(0, leaves.Length).Select(i => Enumerable.Range(0, sums.Length).Count(k => reach[k, i]))];
        return new ParameterLayout(leaves.Where((_, i) => reached[i] != 1), leaves.Where((_, i) => reached[i] == 1));
    }
}
