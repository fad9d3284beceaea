using Polymath.Boosting.Runs;
using Polymath.Data.Runs;

namespace Polymath.Cli;

/// <summary><c>polymath boost</c>.</summary>
internal sealed class BoostCommand() : FolderCommand<BoostSettings>(BoostOptions.Table, "run", "a run", "Folder for the results, new or empty.")
{
    /// <inheritdoc/>
    public override string Name => BoostOptions.Kind;

    /// <inheritdoc/>
    public override string Description => "Boost trees across the tasks of a table, name the tasks that do not belong, and compare with boosting every task alone.";

    /// <inheritdoc/>
    protected override int Run(BoostSettings settings, string folder, TrainingRunMode mode, string command, Session session)
    {
        var files = new BoostFolder(folder);
        return session.Run(
            files,
            Name,
            mode,
            (progress, cancellation) => BoostRun.Execute(settings, files, mode, command, at => progress(at.Fraction, Text(at)), cancellation: cancellation).Report,
            report =>
            {
                if (session.Json)
                {
                    session.Terminal.Output.Write(report.ToJson());
                    return;
                }

                BoostResult.Write(report, files, session.Terminal);
            });
    }

    private static string Text(BoostProgress at)
        => at.Fit is { } fit ? $"{at.Stage}, {fit.Block.ToString().ToLowerInvariant()} trees {TextTable.Count(fit.Done)}/{TextTable.Count(fit.Total)}{(double.IsNaN(fit.TrainingLoss) ? string.Empty : $", loss {TextTable.Quantity(fit.TrainingLoss)}")}" : at.Stage;
}
