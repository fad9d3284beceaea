namespace Polymath.Data;

/// <summary>A column of texts, held as codes into the list of distinct texts; code -1 is missing.</summary>
public sealed class CategoricalColumn : Column
{
    private readonly ArraySegment<int> _codes;

    /// <summary>A column over codes and categories, which are not copied.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A code is outside [-1, categories).</exception>
    public CategoricalColumn(string name, int[] codes, IReadOnlyList<string> categories)
        : this(name, new ArraySegment<int>(codes ?? throw new ArgumentNullException(nameof(codes))), categories)
    {
    }

    internal CategoricalColumn(string name, ArraySegment<int> codes, IReadOnlyList<string> categories)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(categories);
        foreach (int code in codes.AsSpan())
        {
            if (code < -1 || code >= categories.Count) throw new ArgumentOutOfRangeException(nameof(codes), code, $"column '{name}': codes must lie in [-1, {categories.Count}).");
        }

        _codes = codes;
        Categories = categories;
    }

    /// <inheritdoc/>
    public override ColumnKind Kind => ColumnKind.Categorical;

    /// <inheritdoc/>
    public override int Rows => _codes.Count;

    /// <summary>Codes into <see cref="Categories"/>, -1 where missing.</summary>
    public ReadOnlySpan<int> Codes => _codes;

    /// <summary>The distinct texts, in order of first appearance.</summary>
    public IReadOnlyList<string> Categories { get; }

    /// <summary>A column from texts; null is missing.</summary>
    public static CategoricalColumn FromTexts(string name, IEnumerable<string?> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var builder = new Sources.CategoricalBuilder(name, trimTrailing: null, rowsToCome: () => null);
        foreach (string? text in texts)
        {
            if (text is null) builder.AddMissing();
            else builder.TryAdd(text);
        }

        return (CategoricalColumn)builder.Build(string.Empty);
    }

    /// <inheritdoc/>
    public override bool IsMissing(int row) => _codes[row] < 0;

    /// <inheritdoc/>
    public override string? Text(int row) => _codes[row] < 0 ? null : Categories[_codes[row]];

    /// <inheritdoc/>
    public override Column Take(ReadOnlySpan<int> rows)
    {
        var taken = new int[rows.Length];
        for (int i = 0; i < taken.Length; i++) taken[i] = _codes[rows[i]];
        return new CategoricalColumn(Name, taken, Categories);
    }
}
