using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Losses from logits; every fourth label is missing.</summary>
internal static class LossSpecs
{
    public static IEnumerable<OpSpec> All() =>
    [
        CrossEntropy("SoftmaxCrossEntropy", weighted: false, smoothing: 0f),
        CrossEntropy("SoftmaxCrossEntropy, weighted", weighted: true, smoothing: 0f),
        CrossEntropy("SoftmaxCrossEntropy, smoothed", weighted: false, smoothing: 0.2f),
        CrossEntropy("SoftmaxCrossEntropy, weighted and smoothed", weighted: true, smoothing: 0.1f),
        Binary("BinaryCrossEntropy", weight: 1f, smoothing: 0f),
        Binary("BinaryCrossEntropy, weighted and smoothed", weight: 3f, smoothing: 0.2f),
        Spherical("SphericalLoss, squared error", SphericalForm.SquaredError, (o, c) => o.Sum(v => v * v) - (2 * o[c]) + 1),
        Spherical("SphericalLoss, Z", SphericalForm.Z(1, 0), (o, c) => Z(o, c, 1, 0), least: 3),
        Spherical("SphericalLoss, Z, sharp and elsewhere", SphericalForm.Z(2.5, 1.5), (o, c) => Z(o, c, 2.5, 1.5), least: 3),
        Spherical("SphericalLoss, log-Taylor-softmax", SphericalForm.LogTaylorSoftmax, (o, c) => Math.Log(o.Sum(v => 1 + v + (v * v / 2)) / (1 + o[c] + (o[c] * o[c] / 2)))),
        Spherical("SphericalLoss, log-spherical-softmax", SphericalForm.LogSphericalSoftmax(0.3), (o, c) => Math.Log(o.Sum(v => (v * v) + 0.3) / ((o[c] * o[c]) + 0.3))),
    ];

    private static OpSpec CrossEntropy(string name, bool weighted, float smoothing)
        => new(name, s =>
        {
            int rows = s.Length(), classes = s.Chance(0.2f) ? 19 : s.Length(least: 1, most: 5);
            OpInput labels = Labels(s, () => s.Int(classes), rows), weights = s.Uniform(0f, 2f, classes) with { Differentiable = false };
            OpInput x = s.Normal(rows, classes);
            return new OpCase(weighted ? [x, labels, weights] : [x, labels], t => Fused.SoftmaxCrossEntropy(t[0], t[1], weighted ? t[2] : default, smoothing), t => Dense.Build([rows], i =>
            {
                if (double.IsNaN(t[1][i[0]])) return 0;
                double total = Math.Log(t[0].Along([i[0], 0], 1).Sum(Math.Exp));
                return Enumerable.Range(0, classes).Sum(c => (weighted ? t[2][c] : 1) * ((smoothing / classes) + (c == (int)t[1][i[0]] ? 1 - smoothing : 0)) * (total - t[0][i[0], c]));
            }));
        });

    private static OpSpec Binary(string name, float weight, float smoothing)
        => new(name, s =>
        {
            int[] shape = s.Shape(mostRank: 2);
            return new OpCase([s.Normal(shape), Labels(s, () => s.Chance(0.5f) ? 1f : 0f, shape)], t => Fused.BinaryCrossEntropy(t[0], t[1], weight, smoothing), t => Dense.Build(shape, i =>
            {
                if (double.IsNaN(t[1][i])) return 0;
                double q = (t[1][i] * (1 - smoothing)) + (smoothing / 2);
                return (weight * q * Math.Log(1 + Math.Exp(-t[0][i]))) + ((1 - q) * Math.Log(1 + Math.Exp(t[0][i])));
            }));
        });

    private static OpSpec Spherical(string name, SphericalForm form, Func<double[], int, double> loss, int least = 2)
        => new(name, s =>
        {
            int rows = s.Length(), classes = s.Chance(0.3f) ? 19 : s.Length(least: least, most: 5);
            OpInput labels = Labels(s, () => s.Int(classes), rows);
            // Outputs that differ: near equal ones the standardised value has no bounded derivative.
            return new OpCase([s.Distinct(rows, classes), labels], t => Fused.SphericalLoss(t[0], t[1], form),
                t => Dense.Build([rows], i => double.IsNaN(t[1][i[0]]) ? 0 : loss([.. t[0].Along([i[0], 0], 1)], (int)t[1][i[0]])));
        });

    private static double Z(double[] o, int c, double a, double b)
    {
        double mu = o.Average(), z = (o[c] - mu) / Math.Sqrt(o.Average(v => (v - mu) * (v - mu)));
        return Math.Log(1 + Math.Exp(a * (b - z))) / a;
    }

    private static OpInput Labels(Sampler s, Func<float> next, params int[] shape)
    {
        float[] values = new float[shape.Aggregate(1, (a, b) => a * b)];
        for (int i = 0; i < values.Length; i++) values[i] = s.Chance(0.25f) ? float.NaN : next();
        return new OpInput(shape, values, Differentiable: false);
    }
}
