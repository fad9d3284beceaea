using System.Text.Json;

namespace Polymath.Data;

/// <summary>A category: id 0 is unknown or rare, id 1 is missing (only when training rows had missing values), then the known categories in ordinal order.</summary>
internal sealed class CategoricalInput : InputColumn, IItemIds
{
    private readonly bool _missing;
    private readonly string[] _categories;
    private readonly Dictionary<string, int> _idOf = new(StringComparer.Ordinal);

    private CategoricalInput(string name, bool missing, string[] categories)
        : base(name)
    {
        (_missing, _categories) = (missing, categories);
        for (int i = 0; i < categories.Length; i++) _idOf[categories[i]] = FirstId + i;
    }

    public override ColumnKind Kind => ColumnKind.Categorical;

    public override IReadOnlyList<string> Features => [];

    public override int Cardinality => FirstId + _categories.Length;

    /// <summary>The known categories, in the order of their ids.</summary>
    internal IReadOnlyList<string> Categories => _categories;

    /// <summary>Whether missing values have an id of their own, 1.</summary>
    internal bool HasMissing => _missing;

    internal int FirstId => _missing ? 2 : 1;

    /// <summary>Null when every training row would get the same id; the note says so.</summary>
    /// <param name="column">The column.</param>
    /// <param name="rows">The training rows.</param>
    /// <param name="options">How often a category must occur.</param>
    /// <param name="notes">Told about a column that is dropped.</param>
    /// <param name="lists">Columns of lists of the same categories, which are counted too: what occurs in lists only has an id as well.</param>
    public static CategoricalInput? Fit(Column column, ReadOnlySpan<int> rows, EncoderOptions options, List<string> notes, params IReadOnlyList<Column> lists)
    {
        Dictionary<string, int> counts = Count(column, rows, out int missing);
        foreach (Column list in lists) IdLists.Count(list, rows, options.ListSeparator, counts);
        string[] kept = Kept(counts, options);
        bool rare = kept.Length < counts.Count;
        int ids = kept.Length + (rare ? 1 : 0) + (missing > 0 ? 1 : 0);
        if (ids > 1) return new CategoricalInput(column.Name, missing > 0, kept);
        notes.Add(kept.Length == 1 ? $"column '{column.Name}' is dropped: it is '{kept[0]}' in every training row"
            : missing > 0 ? $"column '{column.Name}' is dropped: it is missing in every training row"
            : $"column '{column.Name}' is dropped: each of its {counts.Count} categories occurs in fewer than {options.MinFrequency} training rows");
        return null;
    }

    /// <summary>The ids of categories that were counted, without one for a missing value.</summary>
    public static CategoricalInput Of(string name, Dictionary<string, int> counts, EncoderOptions options) => new(name, missing: false, Kept(counts, options));

    /// <summary>The id of a category; 0 when it is unknown.</summary>
    public int IdOf(string category) => _idOf.GetValueOrDefault(category);

    private static string[] Kept(Dictionary<string, int> counts, EncoderOptions options)
        => [.. counts.Where(pair => pair.Value >= options.MinFrequency).Select(pair => pair.Key).Order(StringComparer.Ordinal)];

    private static Dictionary<string, int> Count(Column column, ReadOnlySpan<int> rows, out int missing)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        missing = 0;
        if (column is not CategoricalColumn categorical)
        {
            foreach (int row in rows)
            {
                if (column.Text(row) is not { } text) missing++;
                else counts[text] = counts.GetValueOrDefault(text) + 1;
            }

            return counts;
        }

        int[] countOf = new int[categorical.Categories.Count];
        ReadOnlySpan<int> codes = categorical.Codes;
        foreach (int row in rows)
        {
            int code = codes[row];
            if (code < 0) missing++;
            else countOf[code]++;
        }

        for (int code = 0; code < countOf.Length; code++)
        {
            // Two codes may share a text when the caller built the column.
            if (countOf[code] > 0) counts[categorical.Categories[code]] = counts.GetValueOrDefault(categorical.Categories[code]) + countOf[code];
        }

        return counts;
    }

    public static CategoricalInput Read(string name, JsonField field)
    {
        string[] categories = field.Texts("categories");
        if (categories.Distinct(StringComparer.Ordinal).Count() != categories.Length) throw field.Fail("categories", "a category twice", "distinct categories");
        return new CategoricalInput(name, field.Flag("missing"), categories);
    }

    public override FeatureWriter<int> Ids(Table table)
    {
        Column column = Find(table);
        int missing = _missing ? 1 : 0;
        if (column is not CategoricalColumn categorical) return (rows, destination, stride) => WriteTexts(column, missing, rows, destination, stride);

        // One id per code, that of code -1 in front.
        int[] idOfCode = [missing, .. categorical.Categories.Select(text => _idOf.GetValueOrDefault(text))];
        return (rows, destination, stride) =>
        {
            ReadOnlySpan<int> codes = categorical.Codes;
            int at = 0;
            foreach (int row in rows)
            {
                destination[at] = idOfCode[codes[row] + 1];
                at += stride;
            }
        };
    }

    public override void Write(Utf8JsonWriter json) => Write(json, "categorical");

    /// <summary>The same under another kind.</summary>
    public void Write(Utf8JsonWriter json, string kind)
    {
        json.WriteString("name", Name);
        json.WriteString("kind", kind);
        json.WriteBoolean("missing", _missing);
        json.WriteStartArray("categories");
        foreach (string category in _categories) json.WriteStringValue(category);
        json.WriteEndArray();
    }

    private void WriteTexts(Column column, int missing, ReadOnlySpan<int> rows, Span<int> destination, int stride)
    {
        for (int i = 0; i < rows.Length; i++) destination[i * stride] = column.Text(rows[i]) is { } text ? _idOf.GetValueOrDefault(text) : missing;
    }
}
