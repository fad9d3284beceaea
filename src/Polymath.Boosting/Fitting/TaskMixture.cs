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

    /// <summary>Weight of the observed labels of each task.</summary>
    private readonly double[] _weights;

    /// <summary>A mixture.</summary>
    /// <param name="options">Rate and kind of the step.</param>
    /// <param name="theta">By task; changed in place.</param>
    /// <param name="state">The training rows.</param>
    public TaskMixture(BoostingOptions options, double[] theta, ScoreState state)
    {
        (_options, _theta, _starts, _outputs) = (options, theta, state.TaskStarts, state.Outputs);
        (_mix, _steps, _weights) = (new double[theta.Length], new double[theta.Length], new double[theta.Length]);
        for (int task = 0; task < theta.Length; task++)
        {
            for (int row = _starts[task]; row < _starts[task + 1]; row++) _weights[task] += float.IsNaN(state.Data.Labels[row]) ? 0 : state.Data.Weights?[row] ?? 1;
        }

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

    /// <summary>By row, the share of one ensemble in the score: s or 1 - s.</summary>
    public void Shares(bool outlier, Span<double> shares)
    {
        for (int task = 0; task < _mix.Length; task++) shares[_starts[task].._starts[task + 1]].Fill(outlier ? _mix[task] : 1 - _mix[task]);
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

            _steps[task] = _options.Theta switch
            {
                ThetaStep.Mean => _weights[task] > 0 ? sum / _weights[task] : 0,
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
