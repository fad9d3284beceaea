using Polymath.Learning.Reporting.Charts;

namespace Polymath.Learning.Reporting;

/// <summary>Training and validation loss over the iterations of a block, one chart per block.</summary>
internal static class LossCharts
{
    public static IEnumerable<(string Name, LineChart Chart)> Of(BoostingReport report)
    {
        foreach (IGrouping<string, IterationLoss> block in report.Losses.GroupBy(loss => loss.Block))
        {
            IterationLoss[] losses = [.. block];
            double[] training = [.. losses.Select(loss => loss.Training)], validation = [.. losses.Select(loss => loss.Validation)];
            int? best = TaskSeries.Best(validation, higherIsBetter: false);
            var series = new List<LineSeries> { new("training", training, 0, Labelled: true) };
            if (best is not null) series.Add(new LineSeries("validation", validation, 1, Labelled: true) { Marked = best });
            string held = best is int at ? $"; the validation loss is least, {Numbers.Quantity(validation[at])}, after {losses[at].Iteration}" : string.Empty;
            yield return ($"{char.ToUpperInvariant(block.Key[0])}{block.Key[1..]} trees", new LineChart
            {
                Id = $"chart-loss-{block.Key}",
                Title = $"Loss over the iterations of the {block.Key} block",
                Description = $"The training loss goes from {Numbers.Quantity(training[0])} to {Numbers.Quantity(training[^1])}{held}.",
                Width = 350,
                PanelHeight = 150,
                LabelColumn = 86,
                X = [.. losses.Select(loss => (double)loss.Iteration)],
                XLabel = "iteration",
                Panels = [new LinePanel("mean loss per row", series)],
            });
        }
    }
}
