namespace Polymath.Learning.Balancing;

/// <summary>
/// Task weights w = softmax(a) whose logits a are trained by an Adam of their own (betas 0.9 and 0.999, epsilon 1e-8). A task that is
/// absent from a step has no weight in it, and its logit, its moments and its count of steps stay as they are.
/// </summary>
/// <param name="owner">The balancer, for messages.</param>
/// <param name="rate">Learning rate.</param>
/// <param name="decay">Times a logit, added to its gradient.</param>
/// <param name="first">The first value of every logit; null for 1/K.</param>
internal sealed class SoftmaxWeights(string owner, double rate, double decay = 0, double? first = null)
{
    private const double Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;

    private double[] _logits = [], _gradient = [], _first = [], _second = [];
    private long[] _steps = [];

    /// <summary>[K] a.</summary>
    public Span<double> Logits => _logits;

    /// <summary>[K] the gradient of the last <see cref="Step"/>; zero for tasks that were absent.</summary>
    public ReadOnlySpan<double> Gradient => _gradient;

    public void Prepare(int tasks)
    {
        if (_logits.Length == tasks) return;
        if (_logits.Length > 0) throw new BalancerException($"{owner}: prepared for {_logits.Length} tasks, found {tasks}; call Reset before using it on another model.");
        _logits = new double[tasks];
        Array.Fill(_logits, first ?? 1.0 / tasks);
        (_gradient, _first, _second, _steps) = (new double[tasks], new double[tasks], new double[tasks], new long[tasks]);
    }

    /// <summary>softmax(a) over the tasks present.</summary>
    public void Softmax(in BalanceInput input, Span<double> weights)
    {
        for (int i = 0; i < weights.Length; i++) weights[i] = _logits[input.TaskOf(i)];
        Balancing.Softmax.Of(weights, weights);
    }

    /// <summary>From the gradient with respect to w to that with respect to a, in place: g_i = w_i (g_i - sum_j w_j g_j).</summary>
    public static void Backpropagate(ReadOnlySpan<double> weights, Span<double> gradient)
    {
        double mean = 0;
        for (int j = 0; j < weights.Length; j++) mean += weights[j] * gradient[j];
        for (int i = 0; i < weights.Length; i++) gradient[i] = weights[i] * (gradient[i] - mean);
    }

    /// <summary>One step of Adam against the gradient with respect to a.</summary>
    /// <param name="input">Which tasks are present.</param>
    /// <param name="gradient">[K'].</param>
    public void Step(in BalanceInput input, ReadOnlySpan<double> gradient)
    {
        Array.Clear(_gradient);
        for (int i = 0; i < gradient.Length; i++)
        {
            int task = input.TaskOf(i);
            double g = _gradient[task] = gradient[i] + (decay * _logits[task]);
            long steps = ++_steps[task];
            _first[task] += (g - _first[task]) * (1 - Beta1);
            _second[task] = (Beta2 * _second[task]) + ((1 - Beta2) * g * g);
            double root = Math.Sqrt(_second[task] / (1 - Math.Pow(Beta2, steps)));
            _logits[task] -= rate / (1 - Math.Pow(Beta1, steps)) * _first[task] / (root + Epsilon);
        }
    }

    public void Write(BalancerState state)
    {
        if (_logits.Length == 0) return;
        state.Set("logits", _logits);
        state.Set("logits_first_moment", _first);
        state.Set("logits_second_moment", _second);
        state.Set("logits_steps", _steps);
    }

    public void Read(BalancerState state)
    {
        if (!state.Doubles.ContainsKey("logits")) return;
        Prepare(state.GetDoubles("logits").Length);
        state.GetDoubles("logits").CopyTo(_logits);
        state.GetDoubles("logits_first_moment").CopyTo(_first);
        state.GetDoubles("logits_second_moment").CopyTo(_second);
        state.GetIntegers("logits_steps").CopyTo(_steps);
    }

    public void Reset() => (_logits, _gradient, _first, _second, _steps) = ([], [], [], [], []);
}
