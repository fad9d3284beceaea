using System.Globalization;

namespace Polymath.Data;

/// <summary>A column of dates with an optional time of day, held as ticks; <see cref="MissingTicks"/> is missing.</summary>
public sealed class DateColumn : Column
{
    /// <summary>The tick count that stands for a missing value.</summary>
    public const long MissingTicks = long.MinValue;

    private readonly ArraySegment<long> _ticks;

    /// <summary>A column over <see cref="DateTime.Ticks"/>, which are not copied.</summary>
    public DateColumn(string name, long[] ticks)
        : this(name, new ArraySegment<long>(ticks ?? throw new ArgumentNullException(nameof(ticks))))
    {
    }

    internal DateColumn(string name, ArraySegment<long> ticks)
        : base(name) => _ticks = ticks;

    /// <inheritdoc/>
    public override ColumnKind Kind => ColumnKind.Date;

    /// <inheritdoc/>
    public override int Rows => _ticks.Count;

    /// <summary>The values as <see cref="DateTime.Ticks"/>.</summary>
    public ReadOnlySpan<long> Ticks => _ticks;

    /// <inheritdoc/>
    public override bool IsMissing(int row) => _ticks[row] == MissingTicks;

    /// <inheritdoc/>
    public override string? Text(int row) => IsMissing(row) ? null : Format(new DateTime(_ticks[row]));

    /// <inheritdoc/>
    public override Column Take(ReadOnlySpan<int> rows)
    {
        var taken = new long[rows.Length];
        for (int i = 0; i < taken.Length; i++) taken[i] = _ticks[rows[i]];
        return new DateColumn(Name, taken);
    }

    /// <summary>Reads an ISO 8601 date or date and time; an offset is applied so that the result is in UTC.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, out long ticks)
    {
        ticks = MissingTicks;
        if (text.Length < 10 || text[4] != '-' || text[7] != '-') return false;
        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (!DateTime.TryParseExact(text, Formats, CultureInfo.InvariantCulture, Styles, out DateTime value)) return false;
        ticks = value.Ticks;
        return true;
    }

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd' 'HH:mm",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFzz",
    ];

    private static string Format(DateTime value) =>
        value.ToString(value.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);
}
