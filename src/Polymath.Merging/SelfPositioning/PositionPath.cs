using Polymath.Merging.TaskVectors;

namespace Polymath.Merging;

/// <summary>The way through the space: steps, looks at the validation loss, the best point so far.</summary>
internal sealed class PositionPath
{
    private readonly TaskVectorSpace _space;
    private readonly CoefficientMap _map;
    private readonly ProbeLoss _objective;
    private readonly CoefficientDescent _descent;
    private readonly SelfPositioningOptions _options;
    private readonly List<float[]> _iterates = [];
    private double _least;

    public PositionPath(TaskVectorSpace space, CoefficientMap map, ProbeLoss objective, CoefficientDescent descent, SelfPositioningOptions options, double[] atStart)
    {
        (_space, _map, _objective, _descent, _options) = (space, map, objective, descent, options);
        Best = [.. descent.Trained];
        Points.Add(new(0, [.. descent.Coefficients], atStart.Average()));
        _least = Balanced(atStart);
    }

    /// <summary>The trained values of the best point.</summary>
    public float[] Best { get; private set; }

    public List<double> Losses { get; } = [];

    public List<PositionPoint> Points { get; } = [];

    public void Run(CancellationToken cancellation)
    {
        for (int step = 0, idle = 0; step < _options.Steps && (_options.Patience is not { } patience || idle < patience); step++)
        {
            cancellation.ThrowIfCancellationRequested();
            Losses.Add(_descent.Step(step)!.Value);
            if (_options.AverageLast > 0) _iterates.Add([.. _descent.Trained]);
            if ((step + 1) % _options.CheckEvery == 0 || step + 1 == _options.Steps) idle = Look(step + 1, _descent.Trained) ? 0 : idle + 1;
        }

        if (_options.AverageLast > 0) Look(Losses.Count, Average());
    }

    private bool Look(int step, float[] trained)
    {
        float[] coefficients = new float[_space.Count];
        _map.Forward(trained, coefficients);
        double[] losses = _objective.Measure(_space, coefficients);
        Points.Add(new(step, coefficients, losses.Average()));
        double loss = Balanced(losses);
        if (!(loss < _least)) return false;
        _least = loss;
        Best = [.. trained];
        return true;
    }

    /// <summary>What points are chosen by: the mean over tasks, each as it is weighted in the search.</summary>
    private double Balanced(double[] losses) => losses.Zip(_objective.Scales, (loss, scale) => loss * scale).Average();

    private float[] Average()
    {
        float[] mean = new float[_descent.Trained.Length];
        int count = Math.Clamp((int)Math.Round(_iterates.Count * _options.AverageLast), 1, _iterates.Count);
        for (int i = 0; i < mean.Length; i++) mean[i] = (float)_iterates.TakeLast(count).Average(iterate => (double)iterate[i]);
        return mean;
    }
}
