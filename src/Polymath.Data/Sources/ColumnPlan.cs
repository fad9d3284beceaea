namespace Polymath.Data.Sources;

/// <summary>Which columns of a source are loaded, and as what.</summary>
/// <param name="Index">Position in the source.</param>
/// <param name="Name">Name of the column.</param>
/// <param name="Kind">Declared kind, or null to infer it.</param>
internal readonly record struct ColumnPlan(int Index, string Name, ColumnKind? Kind)
{
    /// <summary>Applies the column options to the names found in a source.</summary>
    /// <exception cref="TableException">An option names a column that does not exist, or gives a column two kinds.</exception>
    public static ColumnPlan[] Create(string source, IReadOnlyList<string> names, ReadOptions options)
    {
        var kinds = new Dictionary<string, ColumnKind>(StringComparer.Ordinal);
        Declare(options.NumericColumns, ColumnKind.Numeric);
        Declare(options.CategoricalColumns, ColumnKind.Categorical);
        Declare(options.DateColumns, ColumnKind.Date);
        HashSet<string> dropped = Known(options.DropColumns);
        HashSet<string>? only = options.OnlyColumns is null ? null : Known(options.OnlyColumns);
        ColumnPlan[] plan =
        [
            .. names.Select((name, index) => new ColumnPlan(index, name, kinds.TryGetValue(name, out ColumnKind kind) ? kind : null))
                .Where(column => !dropped.Contains(column.Name) && only?.Contains(column.Name) != false),
        ];
        return plan.Length > 0 ? plan : throw new TableException($"{source}: no column is left to load, expected at least one.", source);

        void Declare(IReadOnlyList<string> columns, ColumnKind kind)
        {
            foreach (string name in Known(columns))
            {
                if (!kinds.TryAdd(name, kind)) throw new TableException($"{source}: column '{name}' is declared both {Word(kinds[name])} and {Word(kind)}, expected one kind.", source, column: name);
            }
        }

        HashSet<string> Known(IReadOnlyList<string> columns)
        {
            foreach (string name in columns)
            {
                if (!names.Contains(name)) throw new TableException($"{source}: there is no column '{name}'{Suggestion.Tail(name, names)}", source, column: name);
            }

            return [.. columns];
        }
    }

    private static string Word(ColumnKind kind) => kind.ToString().ToLowerInvariant();
}
