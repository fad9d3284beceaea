using Polymath.Data;
using Polymath.Data.Runs;

namespace Polymath.Tabular.Runs;

/// <summary>The data of a run: read, split and encoded as its settings say.</summary>
public sealed class RunData : TabularData
{
    private RunData(RunTable table, EncoderOptions options)
        : base(table.Table, table.Split, table.Targets, options, table.Test)
    {
    }

    /// <summary>Reads, splits and encodes.</summary>
    /// <exception cref="TableException">The data cannot be read or does not fit the settings.</exception>
    /// <exception cref="RunException">The settings contradict each other.</exception>
    public static RunData Load(RunSettings settings, CancellationToken cancellation = default) => new(RunTable.Load(settings, cancellation), OptionsOf(settings));

    /// <summary>Splits and encodes tables that are already in memory.</summary>
    /// <param name="table">Training (and, without <paramref name="test"/>, test) rows.</param>
    /// <param name="test">Separate test rows.</param>
    /// <param name="settings">Targets, split and encoding.</param>
    public static RunData From(Table table, Table? test, RunSettings settings) => new(RunTable.Of(table, test, settings), OptionsOf(settings));

    private static EncoderOptions OptionsOf(RunSettings settings) => new()
    {
        Numeric = settings.Transform switch { "quantile" => NumericTransform.Quantile, "none" => NumericTransform.None, _ => NumericTransform.Standardise },
        MinFrequency = settings.MinFrequency,
        Drop = settings.Drop,
        TaskColumn = settings.TaskColumn.Length == 0 ? null : settings.TaskColumn,
        TaskAsInput = settings.TaskAsInput,
    };
}
