using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Matrix products, linear maps, normalisation, dropout and convolution.</summary>
internal static class LayerSpecs
{
    private const float Epsilon = 0.1f;

    public static IEnumerable<OpSpec> All() =>
    [
        MatMul("MatMul", false, false),
        MatMul("MatMul, left transposed", true, false),
        MatMul("MatMul, right transposed", false, true),
        MatMul("MatMul, both transposed", true, true),
        Linear("Linear", bias: false),
        Linear("Linear with bias", bias: true),
        Linear("Linear with bias and relu", bias: true, Activation.Relu, z => Math.Max(z, 0)),
        Linear("Linear with relu", bias: false, Activation.Relu, z => Math.Max(z, 0)),
        Linear("Linear with bias and sigmoid", bias: true, Activation.Sigmoid, z => 1 / (1 + Math.Exp(-z))),
        Linear("Linear with bias and tanh", bias: true, Activation.Tanh, Math.Tanh),
        new("LayerNorm", s =>
        {
            int[] shape = [.. s.Shape(mostRank: 3, size: 5), s.Length(least: 1, most: 5)];
            return new OpCase([s.Normal(shape), s.Normal(shape[^1]), s.Normal(shape[^1])], t => Fused.LayerNorm(t[0], t[1], t[2], Epsilon),
                t => Dense.Build(shape, i => (Standardised(t[0][i], [.. t[0].Along(i, shape.Length - 1)]) * t[1][i[^1]]) + t[2][i[^1]]));
        }),
        new("RmsNorm", s =>
        {
            int[] shape = [.. s.Shape(mostRank: 3, size: 5), s.Length(least: 1, most: 5)];
            return new OpCase([s.Normal(shape), s.Normal(shape[^1])], t => Fused.RmsNorm(t[0], t[1], Epsilon),
                t => Dense.Build(shape, i => t[0][i] / Math.Sqrt(t[0].Along(i, shape.Length - 1).Average(v => v * v) + Epsilon) * t[1][i[^1]]));
        }),
        new("BatchNorm", s =>
        {
            int[] shape = [s.Length(least: 2), s.Length(most: 3)];
            return new OpCase([s.Normal(shape), s.Normal(shape[1]), s.Normal(shape[1])], t => Fused.BatchNorm(t[0], t[1], t[2], Epsilon, new float[shape[1]], new float[shape[1]]),
                t => Dense.Build(shape, i => (Standardised(t[0][i], [.. t[0].Along(i, 0)]) * t[1][i[1]]) + t[2][i[1]]));
        }),
        new("Dropout", s =>
        {
            int[] shape = s.Shape();
            ulong key = s.Random.NextUInt64();
            return new OpCase([s.Normal(shape)], t => Fused.Dropout(t[0], 0.3f, new RandomStream(key)), t =>
            {
                var draws = new RandomStream(key);
                return Dense.Build(shape, i => draws.NextSingle() < 0.3f ? 0 : t[0][i] / (1 - 0.3f));
            });
        }),
        Conv2d("Conv2d", groups: false),
        Conv2d("Conv2d in groups", groups: true),
        Conv1d("Conv1d", groups: false),
        Conv1d("Conv1d in groups", groups: true),
    ];

    private static OpSpec MatMul(string name, bool ta, bool tb)
        => new(name, s =>
        {
            int[] batch = s.Chance(0.4f) ? [] : s.Shape(mostRank: 3, size: 6);
            int m = s.Length(most: 3), n = s.Length(most: 3), k = s.Length(most: 5);
            int[] a = [.. s.Shrunk(batch), .. ta ? new[] { k, m } : [m, k]], b = [.. s.Shrunk(batch), .. tb ? new[] { n, k } : [k, n]];
            return new OpCase([s.Normal(a), s.Normal(b)], t => t[0].MatMul(t[1], ta, tb), t =>
                Dense.Build([.. Dense.Broadcast(a[..^2], b[..^2]), m, n], i =>
                {
                    double sum = 0;
                    for (int p = 0; p < k; p++) sum += t[0].Stretched(ta ? [.. i[..^2], p, i[^2]] : [.. i[..^2], i[^2], p]) * t[1].Stretched(tb ? [.. i[..^2], i[^1], p] : [.. i[..^2], p, i[^1]]);
                    return sum;
                }));
        });

    private static OpSpec Linear(string name, bool bias, Activation activation = Activation.Identity, Func<double, double>? function = null)
        => new(name, s =>
        {
            int inputs = s.Length(most: 5), outputs = s.Length(most: 3);
            int[] rows = s.Shape(mostRank: 3, size: 5);
            OpInput x = s.Normal([.. rows, inputs]), w = s.Normal(outputs, inputs);
            return new OpCase(bias ? [x, w, s.Normal(outputs)] : [x, w], t => Fused.Linear(t[0], t[1], bias ? t[2] : default, activation), t =>
                Dense.Build([.. rows, outputs], i =>
                {
                    double z = Enumerable.Range(0, inputs).Sum(p => t[0][[.. i[..^1], p]] * t[1][i[^1], p]) + (bias ? t[2][i[^1]] : 0);
                    return function is null ? z : function(z);
                }));
        });

    private static OpSpec Conv2d(string name, bool groups)
        => new(name, s =>
        {
            int parts = groups ? 2 + s.Int(2) : 1, into = 1 + s.Int(2), from = groups && s.Chance(0.5f) ? 1 : 1 + s.Int(2);
            int stride = 1 + s.Int(2), padding = s.Int(3), dilation = 1 + s.Int(2), high = 1 + s.Int(2), wide = 1 + s.Int(3);
            bool bias = s.Chance(0.5f);
            int[] x = [s.Length(most: 2), parts * from, Extent(s, high, padding, dilation), Extent(s, wide, padding, dilation)], w = [parts * into, from, high, wide];
            return new OpCase(bias ? [s.Normal(x), s.Normal(w), s.Normal(parts * into)] : [s.Normal(x), s.Normal(w)],
                t => Fused.Conv2d(t[0], t[1], bias ? t[2] : default, stride, padding, dilation, parts), t => Convolved(t, stride, padding, dilation, parts));
        });

    private static OpSpec Conv1d(string name, bool groups)
        => new(name, s =>
        {
            int parts = groups ? 2 + s.Int(2) : 1, into = 1 + s.Int(2), from = 1 + s.Int(2);
            int stride = 1 + s.Int(3), padding = s.Int(3), dilation = 1 + s.Int(2), wide = 1 + s.Int(3);
            bool bias = s.Chance(0.5f);
            int[] x = [s.Length(most: 2), parts * from, Extent(s, wide, padding, dilation)], w = [parts * into, from, wide];
            return new OpCase(bias ? [s.Normal(x), s.Normal(w), s.Normal(parts * into)] : [s.Normal(x), s.Normal(w)],
                t => Fused.Conv1d(t[0], t[1], bias ? t[2] : default, stride, padding, dilation, parts), t => Convolved(t, stride, padding, dilation, parts));
        });

    /// <summary>An extent the dilated kernel fits into once padded.</summary>
    private static int Extent(Sampler s, int kernel, int padding, int dilation) => Math.Max(1, (dilation * (kernel - 1)) + 1 - (2 * padding)) + s.Int(3);

    /// <summary>Cross-correlation over any number of spatial axes, by definition.</summary>
    private static Dense Convolved(Dense[] t, int stride, int padding, int dilation, int groups)
    {
        Dense x = t[0], w = t[1];
        int spatial = x.Rank - 2, from = w.Shape[1], into = w.Shape[0] / groups;
        int[] taps = w.Shape[2..];
        int[] extents = [.. Enumerable.Range(0, spatial).Select(a => ((x.Shape[2 + a] + (2 * padding) - (dilation * (taps[a] - 1)) - 1) / stride) + 1)];
        return Dense.Build([x.Shape[0], w.Shape[0], .. extents], i =>
        {
            double sum = t.Length > 2 ? t[2][i[1]] : 0;
            Dense.Build([from, .. taps], k =>
            {
                int[] at = [.. Enumerable.Range(0, spatial).Select(a => (i[2 + a] * stride) - padding + (k[1 + a] * dilation))];
                if (at.Select((p, a) => p >= 0 && p < x.Shape[2 + a]).All(inside => inside)) sum += x[[i[0], (i[1] / into * from) + k[0], .. at]] * w[[i[1], .. k]];
                return 0;
            });
            return sum;
        });
    }

    private static double Standardised(double x, double[] sample)
    {
        double mean = sample.Average();
        return (x - mean) / Math.Sqrt(sample.Average(v => (v - mean) * (v - mean)) + Epsilon);
    }
}
