using System.Globalization;
using Polymath.Data.Runs;
using Polymath.Tabular.Comparing;

namespace Polymath.Cli;

/// <summary><c>polymath compare</c>.</summary>
internal sealed class CompareCommand() : FolderCommand<ComparisonSettings>(ComparisonOptions.Table, "compare", "a comparison", "Folder for the results: new or empty, or that of a comparison to go on with, to which models, balancers and seeds may be added.")
{
    /// <inheritdoc/>
    public override string Name => ComparisonOptions.Kind;

    /// <inheritdoc/>
    public override string Description => "Train several models with several balancers and seeds on one table, and say which differences are more than luck.";

    /// <summary>The grid of a comparison that is there already: what is named is added to it.</summary>
    protected override ComparisonSettings DefaultsIn(string folder)
    {
        var files = new ComparisonFolder(folder);
        if (!files.IsComparison) return Table.Defaults;
        ComparisonSettings earlier = files.ReadSettings();
        return Table.Defaults with { Models = earlier.Models, Balancers = earlier.Balancers, Seed = earlier.Seed, Seeds = earlier.Seeds };
    }

    /// <inheritdoc/>
    protected override int Run(ComparisonSettings settings, string folder, TrainingRunMode mode, string command, Session session)
    {
        var files = new ComparisonFolder(folder);
        return session.Run(
            files,
            Name,
            mode,
            (progress, cancellation) => Comparison.Execute(settings, files, mode == TrainingRunMode.Overwrite, command, at => progress(at.Fraction, Text(at)), cancellation: cancellation).Result,
            result =>
            {
                if (session.Json)
                {
                    ComparisonJson.Write(result, files, session.Terminal.Output);
                    return;
                }

                ComparisonText.Write(result, files, session.Terminal);
            });
    }

    private static string Text(ComparisonProgress at)
    {
        string which = string.Create(CultureInfo.InvariantCulture, $"[{at.Done + 1}/{at.Total}] {at.Cell.Label}, seed {at.Repeat + 1} of {at.Repeats}");
        return at.Training is { } fit ? string.Create(CultureInfo.InvariantCulture, $"{which}, epoch {fit.Epoch + 1}/{fit.Epochs}, {RunClock.Rate(fit.RowsPerSecond)} rows/s") : which;
    }
}
