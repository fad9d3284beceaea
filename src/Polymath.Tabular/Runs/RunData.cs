using Polymath.Data;
using Polymath.Data.Runs;

namespace Polymath.Tabular.Runs;

/// <summary>The data of a run: read, split and encoded as its settings say.</summary>
public sealed class RunData : TabularData
{
    private RunData(RunTable table, RunSettings settings)
        : base(table.Table, table.Split, table.Targets, OptionsOf(settings), table.Test, negatives: settings.Negatives, seed: (ulong)settings.SplitSeed)
    {
    }

    /// <summary>Reads, splits and encodes.</summary>
    /// <exception cref="TableException">The data cannot be read or does not fit the settings.</exception>
    /// <exception cref="RunException">The settings contradict each other.</exception>
    public static RunData Load(RunSettings settings, CancellationToken cancellation = default) => new(RunTable.Load(settings, cancellation), settings);

    /// <summary>Splits and encodes tables that are already in memory.</summary>
    /// <param name="table">Training (and, without <paramref name="test"/>, test) rows.</param>
    /// <param name="test">Separate test rows.</param>
    /// <param name="settings">Targets, split and encoding.</param>
    public static RunData From(Table table, Table? test, RunSettings settings) => new(RunTable.Of(table, test, settings), settings);

    private static EncoderOptions OptionsOf(RunSettings settings) => new()
    {
        Numeric = settings.Transform switch { "quantile" => NumericTransform.Quantile, "none" => NumericTransform.None, _ => NumericTransform.Standardise },
        MinFrequency = settings.MinFrequency,
        Drop = settings.Drop,
        TaskColumn = settings.TaskColumn.Length == 0 ? null : settings.TaskColumn,
        TaskAsInput = settings.TaskAsInput,
        GroupColumn = settings.Group.Length == 0 ? null : settings.Group,
        MaxIds = settings.TableMemory == 0 ? 0 : IdsIn(settings),
        Sequences = settings.SequenceColumns,
        ListSeparator = settings.ListSeparator[0],
    };

    /// <summary>How many ids one copy of the model's tables may have in the memory that is allowed.</summary>
    private static int IdsIn(RunSettings settings)
    {
        const double Mebibyte = 1024 * 1024;
        int width = ModelSpecification.Parse(settings.Model).Options.TryGetValue("embedding-width", out string? text) && int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out int given) && given > 0 ? given : FeatureEmbedding.WidthFor(int.MaxValue);
        return (int)Math.Clamp(settings.TableMemory * Mebibyte / (sizeof(float) * width), 1, int.MaxValue);
    }
}
