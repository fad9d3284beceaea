using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Operations that only move elements, and lookups by index.</summary>
internal static class LayoutSpecs
{
    public static IEnumerable<OpSpec> All() => [.. Views(), .. Joins(), .. Lookups()];

    private static IEnumerable<OpSpec> Views() =>
    [
        new("Reshape", s =>
        {
            int[] shape = s.Shape(), other = [.. shape.Where(length => length != 1 || s.Chance(0.5f))];
            s.Random.Shuffle<int>(other);
            if (other.Length >= 2 && s.Chance(0.5f)) other = [other[0] * other[1], .. other[2..]];
            return new OpCase([s.Normal(shape)], t => t[0].Reshape(new Shape(other)), t => new Dense(other, t[0].Values));
        }),
        new("Reshape with -1", s =>
        {
            int[] shape = s.Shape(leastRank: 1, least: 1), asked = [.. shape], flat = [-1];
            asked[s.Int(asked.Length)] = -1;
            return new OpCase([s.Normal(shape)], t => t[0].Reshape(flat).Reshape(asked), t => new Dense(shape, t[0].Values));
        }),
        new("Unsqueeze", s =>
        {
            int[] shape = s.Shape(mostRank: 3);
            int axis = s.Int(2 * (shape.Length + 1)) - shape.Length - 1, at = axis < 0 ? axis + shape.Length + 1 : axis;
            return new OpCase([s.Normal(shape)], t => t[0].Unsqueeze(axis), t => new Dense([.. shape[..at], 1, .. shape[at..]], t[0].Values));
        }),
        new("Squeeze", s =>
        {
            int[] rest = s.Shape(mostRank: 3);
            int at = s.Int(rest.Length + 1), axis = s.Chance(0.5f) ? at : at - rest.Length - 1;
            return new OpCase([s.Normal([.. rest[..at], 1, .. rest[at..]])], t => t[0].Squeeze(axis), t => new Dense(rest, t[0].Values));
        }),
        new("Permute", s =>
        {
            int[] shape = s.Shape(), order = [.. Enumerable.Range(0, shape.Length)];
            s.Random.Shuffle<int>(order);
            return new OpCase([s.Normal(shape)], t => t[0].Permute(order), t => Moved(t[0], order));
        }),
        new("Transpose", s =>
        {
            int[] shape = s.Shape(leastRank: 2);
            int first = s.Axis(shape), second = s.Axis(shape), a = At(first, shape), b = At(second, shape);
            int[] order = [.. Enumerable.Range(0, shape.Length).Select(axis => axis == a ? b : axis == b ? a : axis)];
            return new OpCase([s.Normal(shape)], t => t[0].Transpose(first, second), t => Moved(t[0], order));
        }),
        new("Slice", s =>
        {
            int[] shape = s.Shape(leastRank: 1);
            int axis = s.Axis(shape), at = At(axis, shape), start = s.Int(shape[at] + 1), length = s.Int(shape[at] - start + 1);
            int[] cut = Replaced(shape, at, length);
            return new OpCase([s.Normal(shape)], t => t[0].Slice(axis, start, length), t => Dense.Build(cut, i => t[0][Replaced(i, at, i[at] + start)]));
        }),
        new("Select", s =>
        {
            int[] shape = s.Shape(leastRank: 1, least: 1);
            int axis = s.Axis(shape), at = At(axis, shape), index = s.Int(shape[at]);
            return new OpCase([s.Normal(shape)], t => t[0].Select(axis, index), t => Dense.Build([.. shape[..at], .. shape[(at + 1)..]], i => t[0][[.. i[..at], index, .. i[at..]]]));
        }),
        new("BroadcastTo", s =>
        {
            int[] shape = s.Shape();
            return new OpCase([s.Normal(s.Shrunk(shape))], t => t[0].BroadcastTo(new Shape(shape)), t => Dense.Build(shape, i => t[0].Stretched(i)));
        }),
    ];

    private static IEnumerable<OpSpec> Joins() =>
    [
        new("Concat", s =>
        {
            int[] shape = s.Shape(leastRank: 1, mostRank: 3, size: 12);
            int axis = s.Axis(shape), at = At(axis, shape);
            OpInput[] inputs = [.. Enumerable.Range(0, 1 + s.Int(3)).Select(_ => s.Normal(Replaced(shape, at, s.Length())))];
            return new OpCase(inputs, t => Tensor.Concat(t, axis), t => Joined(t, at));
        }),
        new("Stack", s =>
        {
            int[] shape = s.Shape(mostRank: 3, size: 10);
            int axis = s.Int(2 * (shape.Length + 1)) - shape.Length - 1, at = axis < 0 ? axis + shape.Length + 1 : axis;
            OpInput[] inputs = [.. Enumerable.Range(0, 1 + s.Int(3)).Select(_ => s.Normal(shape))];
            return new OpCase(inputs, t => Tensor.Stack(t, axis), t => Dense.Build([.. shape[..at], t.Length, .. shape[at..]], i => t[i[at]][[.. i[..at], .. i[(at + 1)..]]]));
        }),
        new("Split", s =>
        {
            int[] shape = s.Shape(leastRank: 1);
            int axis = s.Axis(shape), at = At(axis, shape), first = s.Int(shape[at] + 1);
            int[] lengths = [first, 0, shape[at] - first];
            bool last = s.Chance(0.5f);
            int start = last ? first : 0;
            return new OpCase([s.Normal(shape)], t => t[0].Split(axis, lengths)[last ? 2 : 0], t => Dense.Build(Replaced(shape, at, last ? shape[at] - first : first), i => t[0][Replaced(i, at, i[at] + start)]));
        }),
    ];

    private static IEnumerable<OpSpec> Lookups() =>
    [
        new("Gather", s =>
        {
            int[] shape = s.Shape(leastRank: 1, mostRank: 3, least: 1, size: 12);
            int axis = s.Axis(shape);
            IndexTensor indices = s.Indices(shape[At(axis, shape)], s.Shape(mostRank: 2, size: 5));
            return new OpCase([s.Normal(shape)], t => t[0].Gather(axis, indices), t => Gathered(t[0], At(axis, shape), indices));
        }),
        new("GatherRows", s =>
        {
            int[] shape = s.Shape(leastRank: 1, mostRank: 3, least: 1, size: 12);
            IndexTensor indices = s.Indices(shape[0], s.Shape(mostRank: 2, size: 5));
            return new OpCase([s.Normal(shape)], t => t[0].GatherRows(indices), t => Gathered(t[0], 0, indices));
        }),
        new("Embedding", s =>
        {
            int[] shape = [1 + s.Int(5), s.Length()];
            IndexTensor indices = s.Indices(shape[0], s.Shape(mostRank: 2, size: 6));
            return new OpCase([s.Normal(shape)], t => Fused.Embedding(t[0], indices), t => Gathered(t[0], 0, indices));
        }),
        new("ScatterRows", s =>
        {
            int rows = 1 + s.Int(5);
            int[] places = s.Shape(mostRank: 2, size: 6), inner = s.Shape(mostRank: 2, size: 4);
            IndexTensor indices = s.Indices(rows, places);
            int[] at = indices.Span.ToArray();
            return new OpCase([s.Normal([.. places, .. inner])], t => t[0].ScatterRows(indices, rows), t =>
            {
                var flat = new Dense([at.Length, .. inner], t[0].Values);
                return Dense.Build([rows, .. inner], i => Enumerable.Range(0, at.Length).Where(p => at[p] == i[0]).Sum(p => flat[[p, .. i[1..]]]));
            });
        }),
        new("Pick", s =>
        {
            int[] shape = [.. s.Shape(mostRank: 3, size: 8), s.Length(least: 1, most: 5)];
            IndexTensor indices = s.Indices(shape[^1], shape[..^1]);
            var reference = new Dense(shape[..^1], [.. indices.Span.ToArray().Select(i => (double)i)]);
            return new OpCase([s.Normal(shape)], t => t[0].Pick(indices), t => Dense.Build(shape[..^1], i => t[0][[.. i, (int)reference[i]]]));
        }),
    ];

    private static Dense Gathered(Dense x, int axis, IndexTensor indices)
    {
        int[] lengths = indices.Shape.Axis.ToArray();
        var at = new Dense(lengths, [.. indices.Span.ToArray().Select(i => (double)i)]);
        int end = axis + lengths.Length;
        return Dense.Build([.. x.Shape[..axis], .. lengths, .. x.Shape[(axis + 1)..]], i => x[[.. i[..axis], (int)at[i.AsSpan(axis..end)], .. i[end..]]]);
    }

    private static Dense Joined(Dense[] parts, int axis)
        => Dense.Build(Replaced(parts[0].Shape, axis, parts.Sum(p => p.Shape[axis])), i =>
        {
            int part = 0, at = i[axis];
            while (at >= parts[part].Shape[axis]) at -= parts[part++].Shape[axis];
            return parts[part][Replaced(i, axis, at)];
        });

    private static Dense Moved(Dense x, int[] order)
        => Dense.Build([.. order.Select(axis => x.Shape[axis])], i =>
        {
            int[] source = new int[i.Length];
            for (int axis = 0; axis < i.Length; axis++) source[order[axis]] = i[axis];
            return x[source];
        });

    private static int At(int axis, int[] shape) => axis < 0 ? axis + shape.Length : axis;

    private static int[] Replaced(int[] values, int at, int value)
    {
        int[] result = [.. values];
        result[at] = value;
        return result;
    }
}
