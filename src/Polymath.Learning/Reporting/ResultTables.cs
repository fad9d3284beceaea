using Polymath.Learning.Metrics;

namespace Polymath.Learning.Reporting;

/// <summary>The tables of results: one row per task, and every metric of every split behind a fold.</summary>
internal static class ResultTables
{
    public static void WriteSummary(MarkupWriter markup, RunReport report)
    {
        markup.Open("div", ("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Results per task"));
        markup.Open("table", ("id", "results-table")).Open("thead").Open("tr");
        markup.Element("th", "Task", ("scope", "col")).Element("th", "Metric", ("scope", "col"));
        foreach (string title in (ReadOnlySpan<string>)["Single-task", "Multi-task", "Gain", "n"]) markup.Element("th", title, ("scope", "col"), ("class", "number"));
        markup.Close().Close().Line().Open("tbody").Line();
        foreach (TaskReport task in report.Tasks) WriteRow(markup, task);
        markup.Close().Close().Close().Line();
    }

    public static void WriteDetails(MarkupWriter markup, RunReport report)
    {
        if (report.Tasks.All(task => task.Splits.Count == 0 && task.SingleTask is null)) return;
        markup.Open("details").Element("summary", "Every metric on every split").Line();
        markup.Open("div", ("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "All metrics"));
        markup.Open("table").Open("thead").Open("tr");
        foreach (string title in (ReadOnlySpan<string>)["Task", "Model", "Split"]) markup.Element("th", title, ("scope", "col"));
        markup.Element("th", "n", ("scope", "col"), ("class", "number")).Element("th", "Metrics", ("scope", "col")).Close().Close().Line().Open("tbody").Line();
        foreach (TaskReport task in report.Tasks)
        {
            WriteSplits(markup, task.Name, "multi-task", task.Splits);
            if (task.SingleTask is not null) WriteSplits(markup, task.Name, "single-task", task.SingleTask);
        }

        markup.Close().Close().Close().Close().Line();
    }

    private static void WriteRow(MarkupWriter markup, TaskReport task)
    {
        string? split = task.HeadlineSplit;
        SplitMetrics? multi = split is null ? null : task.Splits[split];
        SplitMetrics? single = split is not null && task.SingleTask is not null && task.SingleTask.TryGetValue(split, out SplitMetrics? found) ? found : null;
        markup.Open("tr").Open("th", ("scope", "row"), ("title", task.Name));
        Name(markup, task.Name);
        if (task.Kind.Length > 0) markup.Element("small", task.Kind);
        markup.Close();
        string direction = task.HigherIsBetter ? "\u2191" : "\u2193";
        markup.Open("td").Text(task.PrimaryMetric.Length == 0 ? Numbers.None : $"{task.PrimaryMetric}\u00a0{direction}");
        if (split is not null) markup.Element("small", split);
        markup.Close();
        Value(markup, Numbers.Metric(single?[task.PrimaryMetric], task.HigherIsBetter), single is null ? "no baseline" : "undefined");
        Value(markup, Numbers.Metric(multi?[task.PrimaryMetric], task.HigherIsBetter), multi is null ? "not measured" : "undefined");
        markup.Open("td", ("class", task.NegativeTransfer ? "number negative" : "number")).Text(task.FiniteGain is double gain ? Numbers.Percent(gain) : Numbers.None);
        if (task.FiniteGain is not null && task.GainSpread is double spread && double.IsFinite(spread)) markup.Element("small", $"\u00b1\u00a0{Numbers.Points(spread)}");
        if (task.NegativeTransfer) markup.Element("small", "negative transfer");
        markup.Close();
        Value(markup, multi is null ? Numbers.None : Numbers.Count(multi.Observed), "not measured");
        markup.Close().Line();
    }

    // May be broken where its words end.
    private static void Name(MarkupWriter markup, string name)
    {
        markup.Open("span", ("class", "name"));
        string[] words = name.Split('_');
        for (int i = 0; i < words.Length; i++)
        {
            if (i > 0) markup.Text("_").Leaf("wbr");
            markup.Text(words[i]);
        }

        markup.Close();
    }

    private static void Value(MarkupWriter markup, string text, string whenNone)
        => markup.Element("td", text, ("class", "number"), ("title", text == Numbers.None ? whenNone : null));

    private static void WriteSplits(MarkupWriter markup, string task, string model, IReadOnlyDictionary<string, SplitMetrics> splits)
    {
        foreach ((string split, SplitMetrics metrics) in splits)
        {
            markup.Open("tr").Open("th", ("scope", "row"), ("title", task));
            Name(markup, task);
            markup.Close();
            markup.Element("td", model).Element("td", split).Element("td", Numbers.Count(metrics.Observed), ("class", "number"));
            markup.Element("td", string.Join(" \u00b7 ", metrics.Values.Select(metric => $"{metric.Key}\u00a0{Numbers.Metric(metric.Value, !Metric.IsError(metric.Key))}")), ("class", "metrics")).Close().Line();
        }
    }
}
