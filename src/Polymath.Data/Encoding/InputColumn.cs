using System.Text.Json;

namespace Polymath.Data;

/// <summary>How one input column is encoded; fitted on training rows, saved with the model.</summary>
internal abstract class InputColumn(string name)
{
    /// <summary>The member of a saved encoder that says whether gaps stay gaps.</summary>
    protected const string KeepMissing = "keep-missing";

    public string Name { get; } = name;

    public abstract ColumnKind Kind { get; }

    /// <summary>Names of the numeric features it gives, in order.</summary>
    public abstract IReadOnlyList<string> Features { get; }

    /// <summary>Number of category ids; 0 when it is not categorical.</summary>
    public virtual int Cardinality => 0;

    /// <summary>What writes its numeric features for rows of a table; null when it gives none.</summary>
    /// <exception cref="TableException">The table lacks the column, or it is of another kind.</exception>
    public virtual FeatureWriter<float>? Numbers(Table table) => null;

    /// <summary>What writes its category ids for rows of a table; null when it gives none.</summary>
    /// <exception cref="TableException">The table lacks the column.</exception>
    public virtual FeatureWriter<int>? Ids(Table table) => null;

    /// <summary>Writes its members into an open JSON object.</summary>
    public abstract void Write(Utf8JsonWriter json);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="field">The object.</param>
    /// <param name="before">The inputs read before it.</param>
    public static InputColumn Read(JsonField field, IReadOnlyList<InputColumn> before)
    {
        string name = field.Text("name");
        string kind = field.Text("kind");
        return kind switch
        {
            "numeric" => NumericInput.Read(name, field),
            "categorical" => CategoricalInput.Read(name, field),
            "hashed" => HashedInput.Read(name, field),
            "date" => DateInput.Read(name, field),
            "sequence" => SequenceInput.Read(name, field, before),
            _ => throw field.Fail("kind", $"'{kind}'", "numeric, categorical, hashed, date or sequence"),
        };
    }

    /// <summary>The column of a table, which must exist.</summary>
    protected Column Find(Table table) => table.TryGetColumn(Name, out Column? column) ? column : throw MissingColumn(table.Source, Name, table.ColumnNames);

    internal static TableException MissingColumn(string source, string name, IReadOnlyCollection<string> present)
    {
        string? near = Suggestion.Nearest(name, present);
        return new TableException($"{source}: the input column '{name}' is missing{(near is null ? ", expected every column the model was trained on" : $"; the nearest column is '{near}'")}.", source, column: name);
    }

    protected TableException NotOfKind(Table table, Column column, string expected)
    {
        int row = 0;
        while (row < column.Rows - 1 && column.IsMissing(row)) row++;
        return new TableException($"{table.Source}, row {row + 1}, column '{Name}': found '{column.Text(row)}', expected {expected} as in training.", table.Source, column: Name);
    }
}
