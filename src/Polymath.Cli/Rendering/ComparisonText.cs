using System.Globalization;
using Polymath.Learning.Metrics;
using Polymath.Tabular.Comparing;

namespace Polymath.Cli;

/// <summary>What a comparison came to, for people: a block per task, one for the mean over tasks, and one for what the models cost.</summary>
internal static class ComparisonText
{
    private const int MostTasks = 8;

    public static void Write(ComparisonResult result, ComparisonFolder folder, Terminal terminal)
    {
        TextWriter output = terminal.Output;
        string rows = result.Split.Length == 0 ? "no rows held out" : $"{TextTable.Count(result.ScoredRows)} {result.Split} rows";
        output.WriteLine($"{result.Name}: {Plural(result.Cells.Count, "model")}, {Plural(result.Tasks.Count, "task")}, {Plural(result.Seeds, "seed")}, {TextTable.Count(result.TrainRows)} training rows, {rows}");
        foreach (CellResult cell in result.Cells.Where(cell => cell.Cell.Model != cell.Cell.Label && !cell.Cell.Label.StartsWith(cell.Cell.Model + " + ", StringComparison.Ordinal))) output.WriteLine($"  {cell.Cell.Label}: {cell.Cell.Model}, {cell.Cell.Balancer}");
        if (result.Tasks.Count is > 1 and <= MostTasks)
        {
            for (int task = 0; task < result.Tasks.Count; task++)
            {
                ComparedTask compared = result.Tasks[task];
                int at = task;
                Block($"{compared.Name}: {compared.Metric}{(compared.HigherIsBetter ? string.Empty : " (less is better)")}, {TextTable.Count(compared.Rows)} labels", result, cell => cell.Tasks[at], compared.HigherIsBetter, terminal);
            }
        }

        bool one = result.Tasks.Count == 1;
        Block(one ? $"{result.Tasks[0].Name}: {result.Tasks[0].Metric}{(result.Tasks[0].HigherIsBetter ? string.Empty : " (less is better)")}" : "mean over tasks, each turned so that larger is better", result, cell => one ? cell.Tasks[0] : cell.Mean, !one || result.Tasks[0].HigherIsBetter, terminal);
        Costs(result, terminal);
        output.WriteLine();
        foreach (string sentence in (string[])[ComparisonVerdict.Of(result).Sentence, ComparisonVerdict.Explanation(result), .. result.Notes.Select(note => $"Note: {note}")])
        {
            foreach (string line in TextWrap.Lines(sentence, terminal.TextWidth)) output.WriteLine(line);
        }

        output.WriteLine($"Results: {folder.Path}{Path.DirectorySeparatorChar} (open {Path.GetFileName(folder.Report)}; every training is a line of {Path.GetFileName(folder.Runs)}).");
    }

    private static void Block(string title, ComparisonResult result, Func<CellResult, CellScore> score, bool higherIsBetter, Terminal terminal)
    {
        terminal.Output.WriteLine();
        terminal.Output.WriteLine(title);
        var table = new TextTable("model", ">score", ">difference", ">95% interval", "verdict");
        foreach (CellResult cell in result.Cells)
        {
            if (!cell.HasResult)
            {
                table.Add(cell.Cell.Label, "failed", string.Empty, string.Empty, string.Empty);
                continue;
            }

            CellScore value = score(cell);
            string text = double.IsNaN(value.Deviation) ? TextTable.Metric(value.Mean, higherIsBetter) : $"{TextTable.Metric(value.Mean, higherIsBetter)} \u00b1 {Number(value.Deviation)}";
            if (value.Difference is not { } difference) table.Add(cell.Cell.Label, text, cell.Cell == result.Cells[result.Reference].Cell ? "reference" : "-", string.Empty, string.Empty);
            else if (!difference.IsClear) table.Add(cell.Cell.Label, text, Signed(difference.Mean), Interval(difference), string.Empty);
            else
            {
                bool better = difference.Mean > 0 == higherIsBetter;
                table.AddSigned(better ? 1 : -1, cell.Cell.Label, text, Signed(difference.Mean), Interval(difference), better ? "better" : "worse");
            }
        }

        table.Write(terminal);
    }

    private static void Costs(ComparisonResult result, Terminal terminal)
    {
        terminal.Output.WriteLine();
        bool gains = result.Cells.Any(cell => cell.Gain is not null);
        terminal.Output.WriteLine(gains ? "gain over single-task (mean over tasks), and cost of a training" : "cost of a training");
        var table = new TextTable(["model", .. gains ? (string[])[">gain"] : [], ">parameters", ">FLOPs/row", ">epochs", ">seconds", ">rows/s"]);
        foreach (CellResult cell in result.Cells.Where(cell => cell.HasResult))
        {
            table.Add([cell.Cell.Label, .. gains ? (string[])[TextTable.Percent(cell.Gain?.Mean)] : [], TextTable.Count(cell.Parameters), RunClock.Rate(cell.FlopsPerRow), cell.Epochs.ToString("0.0", CultureInfo.InvariantCulture), cell.Seconds.ToString("0.0", CultureInfo.InvariantCulture), RunClock.Rate(cell.RowsPerSecond)]);
        }

        table.Write(terminal);
    }

    private static string Interval(PairedDifference difference) => double.IsNaN(difference.Half) ? "-" : $"{Signed(difference.Low)} .. {Signed(difference.High)}";

    private static string Signed(double value) => value > 0 ? $"+{Number(value)}" : Number(value);

    // As a score is written, so that a small difference stands in the same digits.
    private static string Number(double value) => Math.Abs(value) < 0.001 ? value.ToString("0.0000", CultureInfo.InvariantCulture) : TextTable.Metric(value);

    private static string Plural(int count, string noun) => $"{TextTable.Count(count)} {noun}{(count == 1 ? string.Empty : "s")}";
}
