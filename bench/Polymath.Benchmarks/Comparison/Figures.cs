namespace Polymath.Benchmarks.Comparison;

/// <summary>Turns measurements into the figures that goals are about.</summary>
internal static class Figures
{
    /// <summary>The value of a goal; NaN when it was not measured or does not apply on this machine.</summary>
    public static double Of(Goal goal, Case item, ResultRow row, ResultFile file)
    {
        Peaks? peaks = file.Peaks.FirstOrDefault(entry => entry.Threads == row.Threads);
        return goal.Yardstick switch
        {
            Yardstick.TunedPeer => row.OverTuned ?? double.NaN,
            Yardstick.OtherPeer or Yardstick.InstalledPeer => row.OverInstalled ?? double.NaN,
            Yardstick.Seconds => row.Ours.Median,
            Yardstick.Allocation => row.Allocated ?? double.NaN,
            Yardstick.Bandwidth => row.OverLoop * item.Bytes / MemoryLoopWorkload.BytesOf(item.Loop!.Value) ?? double.NaN,
            _ when peaks is null => double.NaN,
            Yardstick.MatrixProductTime => row.Ours.Median * peaks.MatrixProduct / item.Flops,
            _ => throw new InvalidOperationException($"{goal.Yardstick} has no figure."),
        };
    }

    /// <summary>
    /// Whether a goal is judged. Being faster than the installed peer was asked for because old libraries miss the AVX-512 kernels of new
    /// processors; where they do not, the goal says nothing.
    /// </summary>
    public static bool IsJudged(Goal goal, Machine machine) => goal.IsTarget && !(goal.Yardstick == Yardstick.InstalledPeer && !machine.InstalledIsNarrow);

    /// <summary>The geometric mean of a goal's values over the cases of a group that count in it; NaN unless all of them were measured.</summary>
    public static double Mean(CaseGroup group, int threads, ResultFile file)
    {
        double[] values = [.. group.Cases.Where(item => item.InMean).Select(item => file.Rows.FirstOrDefault(row => row.Case == item.Name && row.Threads == threads) is { } row ? Of(group.Mean!, item, row, file) : double.NaN)];
        return Math.Exp(values.Average(Math.Log));
    }
}
