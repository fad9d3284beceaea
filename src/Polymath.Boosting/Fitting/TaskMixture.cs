namespace Polymath.Boosting;

/// <summary>The mix of the outlier and the non-outlier ensemble by task, s_t = sigmoid(theta_t), and how it is learned.</summary>
internal sealed class TaskMixture
{
    private readonly BoostingOptions _options;
    private readonly double[] _theta;
    private readonly int[] _starts;
    private readonly int _outputs;
    private readonly double[] _mix;
    private readonly double[] _steps;

    /// <summary>A mixture.</summary>
    /// <param name="options">Rate and kind of the step.</param>
    /// <param name="theta">By task; changed in place.</param>
    /// <param name="starts">First row of each task, and the number of rows.</param>
    /// <param name="outputs">Scores per row.</param>
    public TaskMixture(BoostingOptions options, double[] theta, int[] starts, int outputs)
    {
        (_options, _theta, _starts, _outputs) = (options, theta, starts, outputs);
        (_mix, _steps) = (new double[theta.Length], new double[theta.Length]);
        Refresh();
    }

    /// <summary>sigmoid(theta) by task.</summary>
    public ReadOnlySpan<double> Mix => _mix;

    /// <summary>The derivatives with respect to the scores of one ensemble: w g, and w^2 h unless leaves hold means, with w = s or 1 - s.</summary>
    public void Weigh(bool outlier, ReadOnlySpan<double> gradient, ReadOnlySpan<double> curvature, Span<double> first, Span<double> second)
    {
        for (int task = 0; task < _mix.Length; task++)
        {
            double weight = outlier ? _mix[task] : 1 - _mix[task], square = _options.Leaves == LeafRule.Mean ? 1 : weight * weight;
            for (int i = _starts[task] * _outputs; i < _starts[task + 1] * _outputs; i++) first[i] = weight * gradient[i];
            if (curvature.IsEmpty) continue;
            for (int i = _starts[task] * _outputs; i < _starts[task + 1] * _outputs; i++) second[i] = square * curvature[i];
        }
    }

    /// <summary>Computes the step of theta from the ensembles before their new trees: dL/dtheta = sum g s (1 - s) (outlier - non-outlier).</summary>
    public void Step(ReadOnlySpan<double> gradient, ReadOnlySpan<double> curvature, ScoreState state)
    {
        for (int task = 0; task < _mix.Length; task++)
        {
            double sum = 0, square = 0, slope = _mix[task] * (1 - _mix[task]);
            for (int i = _starts[task] * _outputs; i < _starts[task + 1] * _outputs; i++)
            {
                double direction = slope * (state.Outlier[i] - state.NonOutlier[i]);
                sum += gradient[i] * direction;
                square += (curvature.IsEmpty ? 1 : curvature[i]) * direction * direction;
            }

            int rows = _starts[task + 1] - _starts[task];
            _steps[task] = _options.Theta switch
            {
                ThetaStep.Mean => sum / Math.Max(rows, 1),
                ThetaStep.Newton => sum / (1 + square),
                _ => sum,
            };
        }
    }

    /// <summary>Takes the step.</summary>
    public void Move()
    {
        for (int task = 0; task < _theta.Length; task++) _theta[task] -= _options.LearningRate * _steps[task];
        Refresh();
    }

    private void Refresh()
    {
        for (int task = 0; task < _mix.Length; task++) _mix[task] = Sigmoid(_theta[task]);
    }

    /// <summary>1 / (1 + exp(-x)).</summary>
    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
