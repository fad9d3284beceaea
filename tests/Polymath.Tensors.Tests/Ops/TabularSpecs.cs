using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>What networks over table rows are made of: fields looked up side by side, grouped linear maps, mixtures of experts.</summary>
internal static class TabularSpecs
{
    private const int MostParts = 3;

    public static IEnumerable<OpSpec> All() =>
    [
        EmbedFields("EmbedFields", columns: false),
        EmbedFields("EmbedFields with columns", columns: true),
        new("EmbedList", s =>
        {
            int rows = s.Length(), ids = 1 + s.Int(4), width = s.Length(most: 7), first = s.Int(3), count = s.Length(most: 5), columns = first + count + s.Int(2);
            var index = new IndexTensor([rows, columns]);
            float[] present = new float[rows * columns];
            for (int i = 0; i < index.Span.Length; i++) (index.Span[i], present[i]) = (s.Int(ids), s.Chance(0.6f) ? 1f : 0f);
            Tensor mask = Tensor.FromArray(present, rows, columns).Keep();
            return new OpCase([s.Normal(ids, width)], t => Fused.EmbedList(t[0], index, mask, first, count), t =>
                Dense.Build([rows, count, width], i => present[(i[0] * columns) + first + i[1]] == 0f ? 0 : t[0][index.Span[(i[0] * columns) + first + i[1]], i[2]]));
        }),
        GroupedLinear("GroupedLinear", bias: false),
        GroupedLinear("GroupedLinear with bias", bias: true),
        GroupedLinear("GroupedLinear with bias and sigmoid", bias: true, Activation.Sigmoid, x => 1 / (1 + Math.Exp(-x))),
        new("FeedForward", s =>
        {
            int batch = s.Length(), length = s.Length(most: 3), inputs = s.Length(most: 4), hidden = s.Length(most: 7), outputs = s.Length(most: 3);
            return new OpCase([s.Normal(batch, length, inputs), s.Normal(hidden, inputs), s.Normal(hidden), s.Normal(outputs, hidden), s.Normal(outputs)],
                t => Fused.FeedForward(t[0], t[1], t[2], t[3], t[4]),
                t => Dense.Build([batch, length, outputs], i => t[4][i[2]] + Enumerable.Range(0, hidden).Sum(h =>
                {
                    double z = t[2][h] + Enumerable.Range(0, inputs).Sum(p => t[0][i[0], i[1], p] * t[1][h, p]);
                    return t[3][i[2], h] * 0.5 * z * (1 + ElementwiseSpecs.Erf(z / Math.Sqrt(2)));
                })));
        }),
        new("Mixture", s =>
        {
            int rows = s.Length(), width = s.Length(most: 5);
            int[] banks = [.. Enumerable.Range(0, 1 + s.Int(MostParts)).Select(_ => 1 + s.Int(MostParts))];
            int[] bankOf = [.. banks.SelectMany((count, b) => Enumerable.Repeat(b, count))], first = [.. banks.Select((_, b) => banks[..b].Sum())];
            return new OpCase([s.Normal(rows, bankOf.Length), .. banks.Select(count => s.Normal(rows, count * width))],
                t => Fused.Mixture(t[0], t.AsSpan(1)),
                t => Dense.Build([rows, width], i => bankOf.Select((b, e) => t[0][i[0], e] * t[1 + b][i[0], ((e - first[b]) * width) + i[1]]).Sum()));
        }),
    ];

    private static OpSpec EmbedFields(string name, bool columns)
        => new(name, s =>
        {
            int fields = 1 + s.Int(MostParts), rows = s.Length(), more = columns ? s.Length(most: 3) : 0;
            int[] ids = [.. Enumerable.Range(0, fields).Select(_ => 1 + s.Int(5))], widths = [.. ids.Select(_ => s.Length(most: 7))];
            var index = new IndexTensor([rows, fields]);
            for (int i = 0; i < index.Span.Length; i++) index.Span[i] = s.Int(ids[i % fields]);
            OpInput[] tables = [.. ids.Select((count, f) => s.Normal(count, widths[f]))];
            return new OpCase(columns ? [.. tables, s.Normal(rows, more)] : tables, t => Fused.EmbedFields(t.AsSpan(0, fields), index, columns ? t[fields] : default), t =>
                Dense.Build([rows, widths.Sum() + more], i =>
                {
                    int f = 0, at = i[1];
                    while (f < fields && at >= widths[f]) at -= widths[f++];
                    return f < fields ? t[f][index.Span[(i[0] * fields) + f], at] : t[fields][i[0], at];
                }));
        });

    private static OpSpec GroupedLinear(string name, bool bias, Activation activation = Activation.Identity, Func<double, double>? f = null)
        => new(name, s =>
        {
            int groups = 1 + s.Int(MostParts), rows = s.Length(), inputs = s.Length(most: 5), outputs = s.Length(most: 3);
            OpInput[] weights = [.. Enumerable.Range(0, groups).Select(_ => s.Normal(outputs, inputs))];
            OpInput[] biases = bias ? [.. weights.Select(_ => s.Normal(outputs))] : [];
            return new OpCase([s.Normal(rows, groups * inputs), .. weights, .. biases], t => Fused.GroupedLinear(t[0], t.AsSpan(1, groups), t.AsSpan(1 + groups), activation), t =>
                Dense.Build([rows, groups * outputs], i =>
                {
                    int g = i[1] / outputs, o = i[1] % outputs;
                    double z = Enumerable.Range(0, inputs).Sum(p => t[0][i[0], (g * inputs) + p] * t[1 + g][o, p]) + (bias ? t[1 + groups + g][o] : 0);
                    return f is null ? z : f(z);
                }));
        });
}
