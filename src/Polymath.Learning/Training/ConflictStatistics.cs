namespace Polymath.Learning.Training;

/// <summary>How the tasks' gradients with respect to the shared parameters point to each other, averaged over the steps that were looked at.</summary>
public sealed class ConflictStatistics
{
    private readonly double[] _cosines;
    private readonly long[] _counts;
    private long _conflicts, _pairs, _steps;

    /// <summary>Statistics for K tasks.</summary>
    public ConflictStatistics(int tasks)
    {
        Tasks = tasks;
        _cosines = new double[tasks * tasks];
        _counts = new long[tasks * tasks];
    }

    /// <summary>K.</summary>
    public int Tasks { get; }

    /// <summary>Fraction of looked-at pairs whose cosine was negative; NaN before the first look.</summary>
    public double ConflictRate => _pairs == 0 ? double.NaN : (double)_conflicts / _pairs;

    /// <summary>Pairs of gradients that were compared.</summary>
    public long Pairs => _pairs;

    /// <summary>Steps that were looked at.</summary>
    public long Steps => _steps;

    /// <summary>Mean cosine of two tasks; NaN when they never had labels in one batch.</summary>
    public double Cosine(int first, int second) => first == second ? 1 : _counts[(first * Tasks) + second] == 0 ? double.NaN : _cosines[(first * Tasks) + second] / _counts[(first * Tasks) + second];

    /// <summary>Adds one step.</summary>
    /// <param name="gramian">Inner products of the gradients of the tasks present, <c>[present, present]</c>.</param>
    /// <param name="active">Their positions among all tasks.</param>
    public void Add(ReadOnlySpan<double> gramian, ReadOnlySpan<int> active)
    {
        int present = active.Length;
        _steps++;
        for (int i = 0; i < present; i++)
        {
            for (int j = 0; j < i; j++)
            {
                double norm = Math.Sqrt(gramian[(i * present) + i]) * Math.Sqrt(gramian[(j * present) + j]);
                if (!(norm > 0)) continue;
                double cosine = Math.Clamp(gramian[(i * present) + j] / norm, -1, 1);
                int a = (active[i] * Tasks) + active[j], b = (active[j] * Tasks) + active[i];
                _cosines[a] += cosine;
                _cosines[b] += cosine;
                _counts[a]++;
                _counts[b]++;
                _pairs++;
                if (cosine < 0) _conflicts++;
            }
        }
    }

    internal double[] SaveSums() => [.. _cosines];

    internal long[] SaveCounts() => [.. _counts, _conflicts, _pairs, _steps];

    internal void Load(ReadOnlySpan<double> sums, ReadOnlySpan<long> counts)
    {
        sums.CopyTo(_cosines);
        counts[..^3].CopyTo(_counts);
        _conflicts = counts[^3];
        _pairs = counts[^2];
        _steps = counts[^1];
    }
}
