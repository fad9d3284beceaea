using Polymath.Learning.Balancing;
using Polymath.Learning.Optimization;
using Polymath.Tensors;

namespace Polymath.Reproductions.Balancing;

/// <summary>One descent on <see cref="ToyLandscape"/>: Adam on the point, a balancer between the two gradients. A thousand steps are an epoch.</summary>
internal sealed class ToyDescent
{
    private const double LearningRate = 1e-3, Spacing = 0.1;
    private const int Tasks = 2, Coordinates = 2, StepsPerEpoch = 1_000;

    private readonly Balancer _balancer;
    private readonly Adam _optimizer = new(LearningRate);
    private readonly TaskGradients _rows = new(Tasks, Coordinates);
    private readonly TaskGradients[] _batches;
    private readonly RandomStream _draws = new RandomStream(0).Derive("toy landscape");
    private readonly float[] _parameters, _gradient, _losses = new float[Tasks], _after = new float[Tasks];
    private readonly double[] _weights = new double[Tasks], _gramian = new double[Tasks * Tasks], _slopes = [1, 1], _epochLosses = new double[Tasks];
    private readonly List<(float X1, float X2)> _path = [];
    private readonly double _shift;

    /// <summary>A descent.</summary>
    /// <param name="balancer">A new one.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="shift">Added to both losses that the balancer sees; gradients stay what they are.</param>
    public ToyDescent(Balancer balancer, (double X1, double X2) start, double shift = 0)
    {
        (_balancer, _shift) = (balancer, shift);
        _balancer.Prepare(Tasks);
        _parameters = [(float)start.X1, (float)start.X2, .. balancer.Learnable];
        _gradient = new float[_parameters.Length];
        _optimizer.Prepare(_parameters.Length);
        _batches = [_rows, _rows, _rows];
    }

    /// <summary>The points passed.</summary>
    public IReadOnlyList<(float X1, float X2)> Path => _path;

    /// <summary>(L1 + L2) / 2 where the descent is.</summary>
    public double Mean => ToyLandscape.Mean(_parameters[0], _parameters[1]);

    /// <summary>Whether a balancer can be tried here: it works at the parameters it is given.</summary>
    public static bool Accepts(BalancerNeeds needs) => (needs & (BalancerNeeds.RepresentationGradients | BalancerNeeds.Bilevel)) == 0;

    /// <summary>Takes some steps.</summary>
    /// <exception cref="BalancerException">The rule rejects the losses or gradients it meets.</exception>
    public void Run(int steps, CancellationToken cancellation)
    {
        for (int step = 0; step < steps; step++)
        {
            if (step % StepsPerEpoch == 0) cancellation.ThrowIfCancellationRequested();
            Remember();
            Step(step);
            if ((step + 1) % StepsPerEpoch == 0) EndEpoch(step / StepsPerEpoch);
        }

        _path.Add((_parameters[0], _parameters[1]));
    }

    private void Step(int step)
    {
        (double l1, double l2, (double X1, double X2) g1, (double X1, double X2) g2) = ToyLandscape.Evaluate(_parameters[0], _parameters[1]);
        (l1, l2) = (l1 + _shift, l2 + _shift);
        (_losses[0], _losses[1]) = ((float)l1, (float)l2);
        _draws.Position = (ulong)step << 32;
        var input = new BalanceInput { Losses = _losses, Epoch = step / StepsPerEpoch, Step = step, Random = _draws };
        if (_balancer.TransformsLosses) _balancer.Slopes(input, _slopes);
        Fill(_rows.Row(0), g1, _slopes[0]);
        Fill(_rows.Row(1), g2, _slopes[1]);
        _rows.Gramian(_gramian);
        input = new BalanceInput { Losses = _losses, Gramian = _gramian, Epoch = step / StepsPerEpoch, Step = step, Random = _draws };
        Span<float> combined = _gradient.AsSpan(0, Coordinates);

        // There is no noise, so that three independent batches are three times the same.
        if ((_balancer.Needs & BalancerNeeds.ThreeBatches) != 0) _balancer.Combine(input, _batches, combined, _weights);
        else _balancer.Combine(input, _rows, combined, _weights);
        _balancer.LearnableGradient.CopyTo(_gradient.AsSpan(Coordinates));
        _optimizer.Step(_parameters, _gradient);
        _parameters.AsSpan(Coordinates).CopyTo(_balancer.Learnable);
        if ((_balancer.Needs & BalancerNeeds.LossesAfterStep) != 0)
        {
            (double after1, double after2) = ToyLandscape.Losses(_parameters[0], _parameters[1]);
            (_after[0], _after[1]) = ((float)(after1 + _shift), (float)(after2 + _shift));
            _balancer.AfterStep(input, _after);
        }

        (_epochLosses[0], _epochLosses[1]) = (_epochLosses[0] + l1, _epochLosses[1] + l2);
    }

    private void EndEpoch(int epoch)
    {
        for (int task = 0; task < Tasks; task++) _epochLosses[task] /= StepsPerEpoch;
        _balancer.EndEpoch(epoch, _epochLosses);
        Array.Clear(_epochLosses);
    }

    private void Remember()
    {
        (float x1, float x2) = (_parameters[0], _parameters[1]);
        if (_path.Count == 0 || Math.Abs(x1 - _path[^1].X1) + Math.Abs(x2 - _path[^1].X2) >= Spacing) _path.Add((x1, x2));
    }

    private static void Fill(Span<float> row, (double X1, double X2) gradient, double slope) => (row[0], row[1]) = ((float)(slope * gradient.X1), (float)(slope * gradient.X2));
}
