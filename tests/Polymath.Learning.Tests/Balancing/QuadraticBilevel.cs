using Polymath.Learning.Balancing;
using Polymath.Tensors;

namespace Polymath.Tests.Balancing;

/// <summary>
/// Losses |theta - c_k|^2 s_k / 2 with centres c_k that differ between inner, outer and step rows: gradients and hypergradients in closed form.
/// </summary>
internal sealed class QuadraticBilevel : IBilevelProblem
{
    private readonly float[][][] _centres;
    private readonly double[] _steepness;
    private readonly float[] _parameters, _start;

    public QuadraticBilevel(float[] start, double[] steepness, params float[][][] centres)
    {
        (_start, _parameters, _steepness, _centres) = (start, [.. start], steepness, centres);
    }

    /// <summary>A random problem; every set of rows has its own centres.</summary>
    public static QuadraticBilevel Random(ulong seed, int tasks, int parameters)
    {
        var random = new RandomStream(seed);
        float[] Vector()
        {
            float[] vector = new float[parameters];
            random.FillNormal(vector);
            return vector;
        }

        float[] start = Vector();
        double[] steepness = [.. Enumerable.Range(0, tasks).Select(_ => 0.5 + random.NextDouble())];
        return new QuadraticBilevel(start, steepness, [.. Enumerable.Range(0, 3).Select(_ => Enumerable.Range(0, tasks).Select(_ => Vector()).ToArray())]);
    }

    public List<string> Looks { get; } = [];

    public Span<float> Parameters => _parameters;

    public double LearningRate { get; init; } = 0.1;

    public int Tasks => _steepness.Length;

    public float[] Start => _start;

    public void Evaluate(BilevelBatch batch, Span<float> losses)
    {
        Looks.Add($"{batch}");
        for (int k = 0; k < losses.Length; k++) losses[k] = (float)Loss(batch, k, [.. _parameters.Select(value => (double)value)]);
    }

    public void Differentiate(BilevelBatch batch, ReadOnlySpan<double> weights, Span<float> losses, Span<float> gradient)
    {
        Evaluate(batch, losses);
        Looks[^1] += " gradient";
        double[] at = [.. _parameters.Select(value => (double)value)], sum = new double[at.Length];
        for (int k = 0; k < weights.Length; k++)
        {
            double[] one = Slope(batch, k, at);
            for (int p = 0; p < sum.Length; p++) sum[p] += weights[k] * one[p];
        }

        for (int p = 0; p < sum.Length; p++) gradient[p] = (float)sum[p];
    }

    public TaskGradients DifferentiateTasks(BilevelBatch batch, Span<float> losses)
    {
        Evaluate(batch, losses);
        Looks[^1] += " gradients";
        double[] at = [.. _parameters.Select(value => (double)value)];
        return TaskGradients.FromRows([.. Enumerable.Range(0, losses.Length).Select(k => Slope(batch, k, at).Select(value => (float)value).ToArray())]);
    }

    public void Restore() => _start.CopyTo(_parameters, 0);

    public double Loss(BilevelBatch batch, int task, double[] at) => 0.5 * _steepness[task] * at.Zip(_centres[(int)batch][task], (x, c) => (x - c) * (x - c)).Sum();

    public double[] Slope(BilevelBatch batch, int task, double[] at) => [.. at.Zip(_centres[(int)batch][task], (x, c) => _steepness[task] * (x - c))];

    /// <summary>Outer losses after one step of size <paramref name="rate"/> along the inner losses weighted by softmax(logits).</summary>
    public double[] OuterAfterStep(double[] logits, double rate)
    {
        double[] start = [.. _start.Select(value => (double)value)], weights = Softmax(logits), at = [.. start];
        for (int k = 0; k < weights.Length; k++)
        {
            double[] one = Slope(BilevelBatch.Inner, k, start);
            for (int p = 0; p < at.Length; p++) at[p] -= rate * weights[k] * one[p];
        }

        return [.. Enumerable.Range(0, weights.Length).Select(k => Loss(BilevelBatch.Outer, k, at))];
    }

    public static double[] Softmax(double[] logits)
    {
        double sum = logits.Sum(Math.Exp);
        return [.. logits.Select(logit => Math.Exp(logit) / sum)];
    }
}
