using System.Globalization;
using Polymath.Data.Runs;
using Polymath.Tabular.Tuning;

namespace Polymath.Cli;

/// <summary><c>polymath tune</c>.</summary>
internal sealed class TuneCommand() : FolderCommand<TuningSettings>(TuningOptions.Table, "tune", "a search", "Folder for the results: new or empty, or that of a search to go on with, to which trials may be added.")
{
    /// <inheritdoc/>
    public override string Name => TuningOptions.Kind;

    /// <inheritdoc/>
    public override string Description => "Search good hyper-parameters of a model by its validation scores, and train the best.";

    /// <inheritdoc/>
    protected override bool TakesTrainings => true;

    /// <inheritdoc/>
    protected override int Run(TuningSettings settings, string folder, TrainingRunMode mode, string command, Session session)
    {
        var files = new TuningFolder(folder);
        return session.Run(
            files,
            Name,
            mode,
            (progress, cancellation) => HyperparameterSearch.Execute(settings, files, mode == TrainingRunMode.Overwrite, command, at => progress(at.Fraction, Text(at)), cancellation: cancellation).Result,
            result =>
            {
                if (session.Json) TuningText.WriteJson(result, files, session.Terminal.Output);
                else TuningText.Write(result, files, session.Terminal);
            });
    }

    private static string Text(TuningProgress at)
        => at.Training is { } fit ? string.Create(CultureInfo.InvariantCulture, $"{at.Stage}, epoch {fit.Epoch + 1}/{fit.Epochs}, {RunClock.Rate(fit.RowsPerSecond)} rows/s") : at.Stage;
}
