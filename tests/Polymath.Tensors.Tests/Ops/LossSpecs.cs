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

    private static OpInput Labels(Sampler s, Func<float> next, params int[] shape)
    {
        float[] values = new float[shape.Aggregate(1, (a, b) => a * b)];
        for (int i = 0; i < values.Length; i++) values[i] = s.Chance(0.25f) ? float.NaN : next();
        return new OpInput(shape, values, Differentiable: false);
    }
}
