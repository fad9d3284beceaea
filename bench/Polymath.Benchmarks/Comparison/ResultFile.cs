using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Polymath.Benchmarks.Comparison;

/// <summary>docs/results/performance.json: the raw figures that the page is made from.</summary>
/// <param name="Machine">Where they come from.</param>
/// <param name="Peaks">The machine's limits, one entry per number of threads.</param>
/// <param name="Rows">The measurements, in the order of the table of cases.</param>
internal sealed record ResultFile(Machine Machine, IReadOnlyList<Peaks> Peaks, IReadOnlyList<ResultRow> Rows)
{
    private static readonly JsonSerializerOptions s_format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new SignificantDigits() },
    };

    /// <summary>The file's content; null when there is none.</summary>
    public static ResultFile? Load(string path) => File.Exists(path) ? JsonSerializer.Deserialize<ResultFile>(File.ReadAllText(path), s_format) : null;

    public void Save(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, s_format) + "\n");

    /// <summary>These figures, and from an older file of the same machine those that were not measured anew.</summary>
    /// <param name="older">The older file.</param>
    /// <param name="order">Position of a case in the table; null for one that is no longer there.</param>
    public ResultFile Over(ResultFile older, Func<string, int?> order)
    {
        IEnumerable<ResultRow> kept = older.Rows.Where(row => order(row.Case) is not null && !Rows.Any(fresh => (fresh.Case, fresh.Threads) == (row.Case, row.Threads)));
        return this with
        {
            Peaks = [.. Peaks.Concat(older.Peaks.Where(entry => !Peaks.Any(fresh => fresh.Threads == entry.Threads))).OrderBy(entry => entry.Threads)],
            Rows = [.. Rows.Concat(kept).OrderBy(row => order(row.Case)).ThenBy(row => row.Threads)],
        };
    }
}
