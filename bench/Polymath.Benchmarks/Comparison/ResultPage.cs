using System.Globalization;
using System.Text;

namespace Polymath.Benchmarks.Comparison;

/// <summary>docs/results/performance.md, made from the raw figures and the explanations alone.</summary>
internal static class ResultPage
{
    public static string Write(ResultFile file, Explanations explanations)
    {
        Machine machine = file.Machine;
        var page = new StringBuilder($"""
            # Performance

            Made by `bench/run` from [performance.json](performance.json). Only the reasons why a target is missed are written by hand
            ([explanations](../../bench/explanations.md)); [bench/README.md](../../bench/README.md) says how it measures.

            - processor: {machine.Processor}, {machine.Cores} for this process, {machine.Vectors}-bit vectors
            - caches: {machine.Caches}
            - memory: {machine.Memory}
            - system: {machine.System}, {machine.Runtime}
            - peers: {machine.Peers}
            - OpenBLAS as installed: {machine.InstalledBlas}
            - OpenBLAS tuned: {machine.TunedBlas}
            - command: `bench/run`, or `bench/run PREFIX` for the cases of that name
            - measured: {string.Join(" to ", file.Rows.Select(row => row.Date).Order().Distinct().ToArray() is [var first, .., var last] ? [first, last] : file.Rows.Select(row => row.Date).Distinct())}, {file.Rows.Min(row => row.Rounds)} rounds or more

            Both sides run on the same threads. In every round each side gives one sample in turn, beginning with another one each time, while the
            others sleep; a time is the median of the samples, a ratio the median over the rounds of the peer's time divided by ours. {Tuning(machine)}

            ## The machine's limits

            All measured: a loop of multiply-adds on registers, the fastest matrix product of either side, and loops over arrays of 128 MiB.

            {Report.Limits(file)}
            ## Targets

            {Report.Summary(file)}
            """.ReplaceLineEndings("\n"));
        foreach (CaseGroup group in CaseTable.Groups)
        {
            if (Report.Of(group, file) is not { } table) continue;
            page.Append(CultureInfo.InvariantCulture, $"\n## {group.Title}\n\n{group.Text}\n\n{table}");
            foreach (string note in Report.Measured(group, file).Where(entry => entry.Row.Note is not null).Select(entry => $"{entry.Row.Case}: {entry.Row.Note}").Distinct()) page.Append(CultureInfo.InvariantCulture, $"\n{note}\n");
        }

        AppendMisses(page, file, explanations);
        return page.ToString();
    }

    private static string Tuning(Machine machine)
        => $"The installed peer is as Debian's packages come; OpenBLAS chooses its {machine.InstalledCore} kernels. The tuned peer, which targets are about, {(machine.TunedBlas.Contains("OPENMP", StringComparison.Ordinal) ? "has the OpenBLAS that shares its threads with PyTorch and " : string.Empty)}runs {machine.TunedCore} kernels."
            + (machine.InstalledIsNarrow ? string.Empty : " Both have the widest vectors of this processor, so being faster than the installed one by a factor is no target here.");

    /// <summary>What is missed, by how much, and how far it is from the least time that the arithmetic or the traffic can take.</summary>
    private static void AppendMisses(StringBuilder page, ResultFile file, Explanations explanations)
    {
        (string Name, string Line)[] misses = [.. CaseTable.Groups.SelectMany(group => Report.Measured(group, file)).SelectMany(entry => Misses(entry.Case, entry.Row, file).Select(line => (entry.Case.Name, line)))];
        if (misses.Length == 0) return;
        page.Append("\n## Where a target is missed\n");
        foreach (IGrouping<(string Prefix, string Text), (string Name, string Line)> section in misses.GroupBy(miss => explanations.Find(miss.Name)).OrderBy(section => section.Key.Prefix.Length == 0))
        {
            page.Append(section.Key.Prefix.Length == 0 ? "\n### Not explained yet\n\n" : $"\n### {section.Key.Prefix}\n\n{section.Key.Text}\n\n");
            foreach ((_, string line) in section) page.Append(CultureInfo.InvariantCulture, $"- {line}\n");
        }
    }

    private static IEnumerable<string> Misses(Case item, ResultRow row, ResultFile file)
    {
        foreach (Goal goal in item.Goals.Where(goal => Figures.IsJudged(goal, file.Machine)))
        {
            double value = Figures.Of(goal, item, row, file);
            if (double.IsNaN(value) || goal.Meets(value)) continue;
            string limit = file.Peaks.FirstOrDefault(entry => entry.Threads == row.Threads) is { } peaks && item.NeedsPeaks
                ? string.Create(CultureInfo.InvariantCulture, $"; the roofline allows {Quantity.Seconds(peaks.Roofline(item.Flops, item.Bytes))}, which is {peaks.Roofline(item.Flops, item.Bytes) / row.Ours.Median:P0} of our time").Replace(" %", " %", StringComparison.Ordinal)
                : string.Empty;
            yield return string.Create(CultureInfo.InvariantCulture, $"`{item.Name}`, {row.Threads} thread{(row.Threads == 1 ? string.Empty : "s")}: {goal.Heading} {goal.Text(value)}, target {goal.Target}; {Quantity.Seconds(row.Ours.Median)}{limit}");
        }
    }
}
