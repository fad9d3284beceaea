using System.Globalization;

namespace Polymath.Benchmarks.Comparison;

/// <summary>The tables that a run prints and that the page shows.</summary>
internal static class Report
{
    /// <summary>One line per target and number of threads: how many cases reach it, and the worst.</summary>
    public static ReportTable Summary(ResultFile file)
    {
        var rows = new List<IReadOnlyList<string>>();
        foreach (CaseGroup group in CaseTable.Groups)
        {
            foreach (Goal goal in group.Cases.SelectMany(item => item.Goals).Where(goal => Figures.IsJudged(goal, file.Machine)).Distinct())
            {
                foreach (int threads in file.Rows.Select(row => row.Threads).Distinct().Order())
                {
                    (string Name, double Value)[] values = [.. Measured(group, file).Where(entry => entry.Row.Threads == threads && entry.Case.Goals.Contains(goal)).Select(entry => (entry.Case.Name, Figures.Of(goal, entry.Case, entry.Row, file))).Where(entry => !double.IsNaN(entry.Item2))];
                    if (values.Length == 0) continue;
                    (string name, double value) = goal.AtMost ? values.MaxBy(entry => entry.Value) : values.MinBy(entry => entry.Value);
                    int met = values.Count(entry => goal.Meets(entry.Value));
                    rows.Add([group.Title, goal.Heading, goal.Target, Number(threads), $"{met} of {values.Length}", $"{goal.Text(value)} ({name})", met == values.Length ? "met" : "missed"]);
                }
            }

            if (group.Mean is not { } mean) continue;
            foreach (int threads in file.Rows.Select(row => row.Threads).Distinct().Order())
            {
                double value = Figures.Mean(group, threads, file);
                if (!double.IsNaN(value)) rows.Add([group.Title, $"{mean.Heading}, geometric mean", mean.Target, Number(threads), "-", mean.Text(value), mean.Meets(value) ? "met" : "missed"]);
            }
        }

        return new ReportTable(["work", "figure", " target", " threads", " cases that reach it", "the worst, or the mean", "verdict"], rows);
    }

    /// <summary>All cases of a group; null when none was measured.</summary>
    public static ReportTable? Of(CaseGroup group, ResultFile file)
    {
        (Case Case, ResultRow Row)[] measured = [.. Measured(group, file)];
        if (measured.Length == 0) return null;
        Yardstick[] yardsticks = [.. group.Cases.SelectMany(item => item.Goals).Select(goal => goal.Yardstick).Where(yardstick => yardstick != Yardstick.Seconds).Distinct()];
        bool peers = measured.Any(entry => entry.Row.Installed is not null), flops = group.Cases.Any(item => item.Flops > 0), bytes = !flops && measured.Any(entry => BytesOf(entry.Case, entry.Row) > 0);
        bool loops = measured.Any(entry => entry.Row.Loop is not null);
        List<string> columns = ["case", " threads", " ours", " fastest", " slowest"];
        if (peers) columns.AddRange([" tuned peer", " installed peer"]);
        if (flops) columns.Add(" GFLOP/s");
        if (bytes) columns.Add(" rate");
        if (loops) columns.Add(" loop");
        columns.AddRange(yardsticks.Select(yardstick => " " + new Goal(yardstick).Heading));
        columns.Add("target");
        return new ReportTable(columns, [.. measured.Select(entry => (IReadOnlyList<string>)[.. Cells(entry.Case, entry.Row)])]);

        IEnumerable<string> Cells(Case item, ResultRow row)
        {
            yield return item.Name;
            yield return Number(row.Threads);
            yield return Quantity.Seconds(row.Ours.Median);
            yield return Quantity.Seconds(row.Ours.Min);
            yield return Quantity.Seconds(row.Ours.Max);
            if (peers) yield return row.Tuned is null ? "-" : Quantity.Seconds(row.Tuned.Median);
            if (peers) yield return row.Installed is null ? "-" : Quantity.Seconds(row.Installed.Median);
            if (flops) yield return item.Flops > 0 ? Quantity.Giga(item.Flops / row.Ours.Median) : "-";
            if (bytes) yield return BytesOf(item, row) > 0 ? Quantity.Rate(BytesOf(item, row) / row.Ours.Median) : "-";
            if (loops) yield return row.Loop is null ? "-" : $"{item.Loop.ToString()!.ToLowerInvariant()} {Quantity.Rate(MemoryLoopWorkload.BytesOf(item.Loop!.Value) / row.Loop.Median)}";
            foreach (Yardstick yardstick in yardsticks) yield return item.Goals.FirstOrDefault(goal => goal.Yardstick == yardstick) is { } goal ? goal.Text(Figures.Of(goal, item, row, file)) : string.Empty;
            yield return string.Join(", ", item.Goals.Where(goal => Figures.IsJudged(goal, file.Machine)).Select(goal => $"{goal.Target} {Verdict(goal, Figures.Of(goal, item, row, file))}"));
        }
    }

    /// <summary>What is told about a case while the run goes on.</summary>
    public static string Line(ResultRow row)
    {
        (string Name, double? Ratio)[] ratios = [("tuned", row.OverTuned), ("installed", row.OverInstalled), ("memory loop", row.OverLoop)];
        string text = string.Concat(ratios.Where(entry => entry.Ratio is not null).Select(entry => string.Create(CultureInfo.InvariantCulture, $", x {entry.Name} {entry.Ratio:F2}")));
        return $"{row.Case}, {row.Threads} thread{(row.Threads == 1 ? string.Empty : "s")}: {Quantity.Seconds(row.Ours.Median)}{text}{(row.Note is null ? string.Empty : $" ({row.Note})")}";
    }

    /// <summary>The machine's limits.</summary>
    public static ReportTable Limits(ResultFile file) => new(
        [" threads", " multiply-adds, GFLOP/s", " fastest SGEMM, GFLOP/s", " read, GB/s", " copy, GB/s", " triad, GB/s"],
        [.. file.Peaks.Select(peaks => (IReadOnlyList<string>)[Number(peaks.Threads), Quantity.Giga(peaks.MultiplyAdds), Quantity.Giga(peaks.MatrixProduct), Quantity.Giga(peaks.Read), Quantity.Giga(peaks.Copy), Quantity.Giga(peaks.Triad)])]);

    /// <summary>The measured cases of a group, in order.</summary>
    public static IEnumerable<(Case Case, ResultRow Row)> Measured(CaseGroup group, ResultFile file)
        => group.Cases.SelectMany(item => file.Rows.Where(row => row.Case == item.Name).Select(row => (item, row)));

    private static double BytesOf(Case item, ResultRow row) => row.FileBytes ?? item.Bytes;

    private static string Verdict(Goal goal, double value) => double.IsNaN(value) ? "not measured" : goal.Meets(value) ? "met" : "missed";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
