using System.Text.Json;

namespace Polymath.Data;

/// <summary>
/// A list of ids: those of a categorical input, whose categories then also count the lists of the training rows, or ids of its own. An id
/// unknown to training is 0, and stays in the list.
/// </summary>
internal sealed class SequenceInput : InputColumn
{
    private const string KindWord = "sequence";
    private readonly IItemIds _vocabulary;
    private readonly char _separator;

    private SequenceInput(SequenceColumn definition, IItemIds vocabulary, char separator)
        : base(definition.Column)
    {
        (_vocabulary, _separator) = (vocabulary, separator);
        Field = new SequenceField(definition.Column, vocabulary.Cardinality, definition.MaxLength, definition.Item);
    }

    public override ColumnKind Kind => ColumnKind.Categorical;

    public override IReadOnlyList<string> Features => [];

    /// <summary>What its lists hold.</summary>
    public SequenceField Field { get; }

    /// <summary>Where its ids come from.</summary>
    public IItemIds Vocabulary => _vocabulary;

    /// <summary>Between two ids.</summary>
    public char Separator => _separator;

    /// <summary>Null when no training row has an id; the note says so.</summary>
    /// <param name="column">The column of lists.</param>
    /// <param name="definition">Its definition.</param>
    /// <param name="item">The input of its item column; null for ids of its own.</param>
    /// <param name="rows">The training rows.</param>
    /// <param name="options">How often an id must occur, and what separates ids.</param>
    /// <param name="notes">Told about a column that is dropped.</param>
    public static SequenceInput? Fit(Column column, SequenceColumn definition, IItemIds? item, ReadOnlySpan<int> rows, EncoderOptions options, List<string> notes)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        IdLists.Count(column, rows, options.ListSeparator, counts);
        if (counts.Count > 0) return new SequenceInput(definition, item ?? CategoricalInput.Of(column.Name, counts, options), options.ListSeparator);
        notes.Add($"column '{column.Name}' is dropped: its list is empty in every training row");
        return null;
    }

    /// <summary>Reads what <see cref="Write"/> wrote, behind the inputs it refers to.</summary>
    public static SequenceInput Read(string name, JsonField field, IReadOnlyList<InputColumn> before)
    {
        int length = field.Whole("max-length", 1, int.MaxValue);
        string separator = field.Text("separator");
        if (separator.Length != 1) throw field.Fail("separator", $"'{separator}'", "one character");
        string? item = field.OptionalText("item");
        IItemIds vocabulary = item is null
            ? CategoricalInput.Read(name, field)
            : before.OfType<IItemIds>().FirstOrDefault(input => input.Name == item) ?? throw field.Fail("item", $"'{item}'", "a categorical input listed before");
        return new SequenceInput(new SequenceColumn(name, item, length), vocabulary, separator[0]);
    }

    /// <summary>The lists of some rows of a table.</summary>
    /// <exception cref="TableException">The table lacks the column, or it holds dates.</exception>
    public EncodedSequence Lists(Table table, ReadOnlySpan<int> rows)
    {
        Column column = Find(table);
        if (column is DateColumn) throw NotOfKind(table, column, "a list of ids");
        var categorical = column as CategoricalColumn;
        int[]?[] known = new int[]?[categorical?.Categories.Count ?? 0];
        int[] starts = new int[rows.Length + 1];
        var ids = new List<int>();
        for (int i = 0; i < rows.Length; i++)
        {
            int code = categorical is null ? -1 : categorical.Codes[rows[i]];
            ids.AddRange(categorical is null ? Parse(column.Text(rows[i])) : code < 0 ? [] : known[code] ??= Parse(categorical.Categories[code]));
            starts[i + 1] = ids.Count;
        }

        return new EncodedSequence(Field, starts, [.. ids]);
    }

    public override void Write(Utf8JsonWriter json)
    {
        if (_vocabulary is CategoricalInput own && Field.Item is null) own.Write(json, KindWord);
        else
        {
            json.WriteString("name", Name);
            json.WriteString("kind", KindWord);
        }

        json.WriteString("item", Field.Item);
        json.WriteString("separator", _separator.ToString());
        json.WriteNumber("max-length", Field.MaxLength);
    }

    private int[] Parse(string? text) => IdLists.Parse(text, _separator, Field.MaxLength, _vocabulary.IdOf);
}
