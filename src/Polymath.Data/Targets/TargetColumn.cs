namespace Polymath.Data;

/// <summary>
/// A target as the user writes it: <c>[name=]column[op value][:kind]</c> with op one of == != &gt; &gt;= &lt; &lt;= and kind one of
/// binary, multiclass, regression, count, auto.
/// </summary>
/// <param name="Name">Name of the task.</param>
/// <param name="Column">Column it is read from; never an input.</param>
/// <param name="Operator">Comparison of an expression target, which is binary.</param>
/// <param name="Value">What the column is compared with.</param>
/// <param name="Kind">What the target is.</param>
/// <example><code>
/// TargetColumn.Parse("income:binary");
/// TargetColumn.Parse("married=marital-status==Never-married:binary");
/// TargetColumn.Parse("old=age>=65");
/// </code></example>
public sealed record TargetColumn(string Name, string Column, TargetOperator Operator, string? Value, TargetKind Kind)
{
    private static readonly (string Text, TargetOperator Operator)[] Operators =
    [
        ("==", TargetOperator.Equal), ("!=", TargetOperator.NotEqual), (">=", TargetOperator.GreaterOrEqual),
        ("<=", TargetOperator.LessOrEqual), (">", TargetOperator.Greater), ("<", TargetOperator.Less),
    ];

    /// <summary>The words for the kinds, as written after the colon.</summary>
    public static IReadOnlyList<string> KindNames { get; } = [.. Enum.GetValues<TargetKind>().Select(kind => kind.ToString().ToLowerInvariant())];

    /// <summary>A column that is the target itself.</summary>
    public TargetColumn(string column, TargetKind kind = TargetKind.Auto)
        : this(column, column, TargetOperator.None, null, kind)
    {
    }

    /// <summary>Reads the notation. A colon is part of the column name unless a kind follows it (columns such as <c>Jitter:RAP</c> exist).</summary>
    /// <exception cref="TableException">A part is empty, or an expression is given a kind other than binary.</exception>
    public static TargetColumn Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string body = text.Trim();
        TargetKind kind = TargetKind.Auto;
        int colon = body.LastIndexOf(':');
        if (colon >= 0 && KindOf(body[(colon + 1)..]) is { } named) (kind, body) = (named, body[..colon].TrimEnd());
        (int at, string symbol, TargetOperator comparison) = FindOperator(body);
        int equals = body.AsSpan(0, at).IndexOf('=');   // the single '=' that ends the name
        string? name = equals < 0 ? null : body[..equals].Trim();
        string column = Unquote(body[(equals + 1)..at].Trim());
        string? value = comparison == TargetOperator.None ? null : Unquote(body[(at + symbol.Length)..].Trim());
        if (column.Length == 0 || name is { Length: 0 } || value is { Length: 0 })
            throw new TableException($"target '{text}': found an empty name, column or value, expected [name=]column[op value][:kind] such as married=status==single:binary.");
        if (comparison != TargetOperator.None && kind is not (TargetKind.Auto or TargetKind.Binary))
            throw new TableException($"target '{text}': a comparison is binary, found kind {kind.ToString().ToLowerInvariant()}; leave the kind out.");
        if (comparison != TargetOperator.None) kind = TargetKind.Binary;
        return new TargetColumn(name ?? body.Trim(), column, comparison, value, kind);
    }

    /// <summary>The notation <see cref="Parse"/> reads.</summary>
    public override string ToString()
    {
        string symbol = Array.Find(Operators, entry => entry.Operator == Operator).Text ?? string.Empty;
        string expression = $"{Column}{symbol}{Value}";
        return $"{(Name == expression ? string.Empty : $"{Name}=")}{expression}:{Kind.ToString().ToLowerInvariant()}";
    }

    /// <summary>The kind a word names, or null.</summary>
    internal static TargetKind? KindOf(string word)
    {
        int index = KindNames.ToList().FindIndex(kind => kind.Equals(word.Trim(), StringComparison.OrdinalIgnoreCase));
        return index < 0 ? null : (TargetKind)index;
    }

    /// <summary>The first comparison; none gives the end of the text.</summary>
    private static (int At, string Symbol, TargetOperator Operator) FindOperator(string body)
    {
        for (int i = 0; i < body.Length; i++)
        {
            foreach ((string symbol, TargetOperator comparison) in Operators)
            {
                if (string.CompareOrdinal(body, i, symbol, 0, symbol.Length) == 0) return (i, symbol, comparison);
            }
        }

        return (body.Length, string.Empty, TargetOperator.None);
    }

    private static string Unquote(string text) =>
        text.Length >= 2 && text[0] == text[^1] && (text[0] is '"' or '\'') ? text[1..^1] : text;
}
