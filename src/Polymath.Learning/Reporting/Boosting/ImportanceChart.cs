using Polymath.Learning.Reporting.Charts;

namespace Polymath.Learning.Reporting;

/// <summary>The most important features as bars.</summary>
internal static class ImportanceChart
{
    private const int MostBars = 20;

    public static BarChart Of(BoostingReport report)
    {
        FeatureShare[] shown = [.. report.Importances.Take(MostBars)];
        BarRow[] rows = [.. shown.Select(feature => new BarRow(feature.Feature, 100 * feature.Share, 0, Numbers.Percent(100 * feature.Share).TrimStart('+')))];
        int more = report.Importances.Count - shown.Length;
        if (more > 0) rows = [.. rows, BarRow.Remark($"\u22ee {more} more feature{(more == 1 ? "" : "s")}, at most {Numbers.Percent(100 * report.Importances[shown.Length].Share).TrimStart('+')} each")];
        return new BarChart
        {
            Id = "chart-importance",
            Title = "Importance of the features",
            Description = $"Most important: {shown[0].Feature}, {Numbers.Percent(100 * shown[0].Share).TrimStart('+')} of the gain of all splits.",
            AxisLabel = "share of the gain of all splits, %",
            Rows = rows,
        };
    }
}
