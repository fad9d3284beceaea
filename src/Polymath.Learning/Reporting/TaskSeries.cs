namespace Polymath.Learning.Reporting;

/// <summary>Takes one task's values out of a run's history; what was not recorded is NaN.</summary>
internal static class TaskSeries
{
    public static double[] Of(RunReport report, int task, Func<EpochReport, IReadOnlyList<double>> values)
        => [.. report.History.Select(epoch => values(epoch) is { } list && task < list.Count ? list[task] : double.NaN)];

    /// <summary>The epochs as readers count them.</summary>
    public static double[] Epochs(RunReport report) => [.. report.History.Select(epoch => (double)Shown(epoch.Epoch))];

    /// <summary>An epoch as readers count it: the first one is 1.</summary>
    public static int Shown(int epoch) => epoch + 1;

    /// <summary>The epoch whose weights were kept, as readers count it.</summary>
    public static int? Kept(RunReport report) => report.BestEpoch is >= 0 and int best ? Shown(best) : null;

    /// <summary>Index of the best finite value, the first one on ties; null when there is none.</summary>
    public static int? Best(double[] values, bool higherIsBetter)
    {
        int? best = null;
        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i])) continue;
            if (best is not int held || (higherIsBetter ? values[i] > values[held] : values[i] < values[held])) best = i;
        }

        return best;
    }
}
