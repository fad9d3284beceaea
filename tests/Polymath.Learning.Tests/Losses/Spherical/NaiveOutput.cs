using System.Numerics.Tensors;
using Polymath.Learning.Losses;
using Polymath.Tensors;

namespace Polymath.Tests.Spherical;

/// <summary>The whole matrix in double precision: what a factored layer must equal.</summary>
internal sealed class NaiveOutput(double[] weights, int classes, int hidden)
{
    public double[] Weights => weights;

    /// <summary>Loss, dL/dH, and W &lt;- (1 - rate decay) W - rate dL/dO H^T.</summary>
    public (double Loss, double[] HiddenGradient) Step(SphericalLoss loss, ReadOnlySpan<float> h, ReadOnlySpan<int> targets, double rate, double decay = 0)
    {
        int m = targets.Length;
        double total = 0;
        double[] hiddenGradient = new double[m * hidden], change = new double[classes * hidden];
        for (int j = 0; j < m; j++)
        {
            double[] o = new double[classes], row = new double[hidden];
            for (int i = 0; i < hidden; i++) row[i] = h[(j * hidden) + i];
            for (int r = 0; r < classes; r++) o[r] = TensorPrimitives.Dot<double>(weights.AsSpan(r * hidden, hidden), row);

            SphericalPartials at = loss.Evaluate(o[targets[j]], o.Sum(x => x * x), o.Sum(), classes);
            total += at.Value;
            for (int r = 0; r < classes; r++)
            {
                double g = (2 * at.Squares * o[r]) + at.Sum + (r == targets[j] ? at.Target : 0);
                Span<double> to = hiddenGradient.AsSpan(j * hidden, hidden), slope = change.AsSpan(r * hidden, hidden);
                TensorPrimitives.MultiplyAdd(weights.AsSpan(r * hidden, hidden), g, to, to);
                TensorPrimitives.MultiplyAdd(row, g, slope, slope);
            }
        }

        for (int i = 0; i < weights.Length; i++) weights[i] -= rate * ((decay * weights[i]) + change[i]);
        return (total, hiddenGradient);
    }

    /// <summary>The largest difference from a layer's W.</summary>
    public double Distance(FactoredSphericalOutput layer)
    {
        double[] w = new double[weights.Length];
        layer.Matrix.ReadWeights(0, classes, new double[weights.Length], w);
        return w.Zip(weights, (a, b) => Math.Abs(a - b)).Max();
    }
}
