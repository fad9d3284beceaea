using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Reductions over one, several and all axes, and the softmax family on any axis.</summary>
internal static class ReductionSpecs
{
    public static IEnumerable<OpSpec> All() =>
    [
        Over("Sum", (x, axis, keep) => x.Sum(axis, keep), v => v.Sum()),
        Over("Mean", (x, axis, keep) => x.Mean(axis, keep), v => v.Average(), least: 1),
        Over("Max", (x, axis, keep) => x.Max(axis, keep), v => v.Max(), least: 1, distinct: true),
        Over("Min", (x, axis, keep) => x.Min(axis, keep), v => v.Min(), least: 1, distinct: true),
        Over("LogSumExp", (x, axis, keep) => x.LogSumExp(axis, keep), v => Math.Log(v.Sum(Math.Exp)), least: 1),
        OverSeveral("Sum over axes", (x, axes, keep) => x.Sum(axes, keep), v => v.Sum()),
        OverSeveral("Mean over axes", (x, axes, keep) => x.Mean(axes, keep), v => v.Average(), least: 1),
        OverAll("Sum of all", x => x.Sum(), v => v.Sum()),
        OverAll("Mean of all", x => x.Mean(), v => v.Average(), least: 1),
        OverAll("Max of all", x => x.Max(), v => v.Max(), least: 1, distinct: true),
        Over("ArgMax", (x, axis, keep) => Floats(x.ArgMax(axis), keep ? axis : null), v => Array.IndexOf(v, v.Max()), least: 1) with { Differentiable = false },
        Along("Softmax", (x, axis) => x.Softmax(axis), (x, row) => Math.Exp(x) / row.Sum(Math.Exp)),
        Along("LogSoftmax", (x, axis) => x.LogSoftmax(axis), (x, row) => x - Math.Log(row.Sum(Math.Exp))),
        new("CumulativeSum", s =>
        {
            int[] shape = s.Shape(leastRank: 1);
            int axis = s.Axis(shape), at = Positive(axis, shape);
            return new OpCase([s.Normal(shape)], t => t[0].CumulativeSum(axis), t => Dense.Build(shape, i => t[0].Along(i, at).Take(i[at] + 1).Sum()));
        }),
    ];

    private static OpSpec Over(string name, Func<Tensor, int, bool, Tensor> apply, Func<double[], double> rule, int least = 0, bool distinct = false)
        => new(name, s =>
        {
            int[] shape = s.Shape(leastRank: 1, least: least);
            int axis = s.Axis(shape);
            bool keep = s.Chance(0.4f);
            return new OpCase([distinct ? s.Distinct(shape) : s.Normal(shape)], t => apply(t[0], axis, keep), t => t[0].Reduce([Positive(axis, shape)], keep, rule));
        });

    private static OpSpec OverSeveral(string name, Func<Tensor, int[], bool, Tensor> apply, Func<double[], double> rule, int least = 0)
        => new(name, s =>
        {
            int[] shape = s.Shape(leastRank: 2, least: least);
            int[] order = [.. Enumerable.Range(0, shape.Length)];
            s.Random.Shuffle<int>(order);
            int[] axes = [.. order.Take(1 + s.Int(shape.Length)).Select(axis => s.Chance(0.5f) ? axis : axis - shape.Length)];
            bool keep = s.Chance(0.4f);
            return new OpCase([s.Normal(shape)], t => apply(t[0], axes, keep), t => t[0].Reduce([.. axes.Select(axis => Positive(axis, shape)).Order()], keep, rule));
        });

    private static OpSpec OverAll(string name, Func<Tensor, Tensor> apply, Func<double[], double> rule, int least = 0, bool distinct = false)
        => new(name, s =>
        {
            int[] shape = s.Shape(least: least);
            return new OpCase([distinct ? s.Distinct(shape) : s.Normal(shape)], t => apply(t[0]), t => new Dense([], [rule(t[0].Values)]));
        });

    private static OpSpec Along(string name, Func<Tensor, int, Tensor> apply, Func<double, double[], double> rule)
        => new(name, s =>
        {
            int[] shape = s.Shape(leastRank: 1);
            int axis = s.Axis(shape);
            return new OpCase([s.Normal(shape)], t => apply(t[0], axis), t => Dense.Build(shape, i => rule(t[0][i], [.. t[0].Along(i, Positive(axis, shape))])));
        });

    private static int Positive(int axis, int[] shape) => axis < 0 ? axis + shape.Length : axis;

    private static Tensor Floats(IndexTensor indices, int? keptAxis)
    {
        Tensor result = Tensor.Zeros(indices.Shape);
        for (int i = 0; i < indices.Span.Length; i++) result.Span[i] = indices.Span[i];
        if (keptAxis is not { } axis) return result;
        return result.Unsqueeze(axis);
    }
}
