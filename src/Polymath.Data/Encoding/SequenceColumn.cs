using System.Globalization;

namespace Polymath.Data;

/// <summary>A column of which every value is a list of ids, such as the items a user saw before: <c>12|7|33</c>, oldest first.</summary>
/// <param name="Column">Name of the column.</param>
/// <param name="Item">The column whose ids these are, so that both have the same ids; null for ids of their own.</param>
/// <param name="MaxLength">Most ids that are kept of a row, the last ones, at least 1.</param>
/// <example><code>
/// var history = SequenceColumn.Parse("history=item_id:20");   // the last 20 values of item_id
/// var tags = SequenceColumn.Parse("tags");                    // at most 50, ids of their own
/// </code></example>
public sealed record SequenceColumn(string Column, string? Item = null, int MaxLength = SequenceColumn.DefaultLength)
{
    /// <summary>How many ids are kept when nothing is said.</summary>
    public const int DefaultLength = 50;

    /// <summary>Between two ids when nothing is said.</summary>
    public const char DefaultSeparator = '|';

    private const int LongestLength = 100_000;

    /// <summary>Reads <c>column[=item column][:longest length]</c>. A colon is part of the name unless a number follows it.</summary>
    /// <exception cref="TableException">A name is empty, or the length is out of range.</exception>
    public static SequenceColumn Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string body = text.Trim();
        int length = DefaultLength, colon = body.LastIndexOf(':');
        if (colon >= 0 && body.AsSpan(colon + 1).Trim() is { IsEmpty: false } digits && !digits.ContainsAnyExceptInRange('0', '9'))
        {
            if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out length) || length is < 1 or > LongestLength) throw new TableException($"sequence '{text}': found the length {digits}, expected 1 to {LongestLength}.");
            body = body[..colon].TrimEnd();
        }

        int equals = body.IndexOf('=', StringComparison.Ordinal);
        string column = (equals < 0 ? body : body[..equals]).Trim();
        string? item = equals < 0 ? null : body[(equals + 1)..].Trim();
        return column.Length > 0 && item is not { Length: 0 }
            ? new SequenceColumn(column, item, length)
            : throw new TableException($"sequence '{text}': found an empty name, expected column[=item column][:longest length] such as history=item_id:20.");
    }

    /// <summary>The notation <see cref="Parse"/> reads.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Column}{(Item is null ? string.Empty : $"={Item}")}:{MaxLength}");
}
