namespace Polymath.Tests;

/// <summary>A float64 array for reference rules: written for reading, one multi-index at a time.</summary>
internal sealed class Dense(int[] shape, double[] values)
{
    public int[] Shape => shape;

    public double[] Values => values;

    public int Rank => shape.Length;

    /// <summary>One element.</summary>
    public double this[params ReadOnlySpan<int> index]
    {
        get
        {
            int at = 0;
            for (int i = 0; i < shape.Length; i++) at = (at * shape[i]) + index[i];
            return values[at];
        }
    }

    /// <summary>The element that broadcasting puts at an index of a result of higher or equal rank.</summary>
    public double Stretched(ReadOnlySpan<int> index)
    {
        int at = 0, extra = index.Length - shape.Length;
        for (int i = 0; i < shape.Length; i++) at = (at * shape[i]) + (shape[i] == 1 ? 0 : index[i + extra]);
        return values[at];
    }

    /// <summary>The array whose element at each index is given by a rule.</summary>
    public static Dense Build(int[] shape, Func<int[], double> rule)
    {
        double[] values = new double[shape.Aggregate(1, (a, b) => a * b)];
        int[] index = new int[shape.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = rule(index);
            for (int axis = shape.Length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--) index[axis] = 0;
        }

        return new Dense(shape, values);
    }

    public Dense Map(Func<double, double> rule) => new(shape, [.. values.Select(rule)]);

    /// <summary>Element by element with broadcasting.</summary>
    public static Dense Zip(Dense a, Dense b, Func<double, double, double> rule)
        => Build(Broadcast(a.Shape, b.Shape), i => rule(a.Stretched(i), b.Stretched(i)));

    /// <summary>The shape two shapes broadcast to.</summary>
    public static int[] Broadcast(int[] a, int[] b)
    {
        int rank = Math.Max(a.Length, b.Length);
        int[] result = new int[rank];
        for (int i = 0; i < rank; i++)
        {
            int left = i < rank - a.Length ? 1 : a[i - rank + a.Length], right = i < rank - b.Length ? 1 : b[i - rank + b.Length];
            result[i] = left == 1 ? right : left;
        }

        return result;
    }

    /// <summary>Reduces the values along some axes, which stay with length 1 or disappear.</summary>
    public Dense Reduce(int[] axes, bool keep, Func<double[], double> rule)
    {
        int[] kept = [.. shape.Select((length, axis) => axes.Contains(axis) ? 1 : length)];
        Dense full = Build(kept, at => rule([.. Along(at, axes)]));
        return keep ? full : new Dense([.. shape.Where((_, axis) => !axes.Contains(axis))], full.Values);
    }

    /// <summary>The values along some axes through a position.</summary>
    public IEnumerable<double> Along(int[] at, params int[] axes)
    {
        int[] index = [.. at];
        foreach (int axis in axes) index[axis] = 0;
        if (axes.Any(axis => shape[axis] == 0)) yield break;
        while (true)
        {
            yield return this[index];
            int i = axes.Length - 1;
            for (; i >= 0 && ++index[axes[i]] == shape[axes[i]]; i--) index[axes[i]] = 0;
            if (i < 0) yield break;
        }
    }
}
