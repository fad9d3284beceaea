using System.Globalization;
using System.Text;

namespace Polymath.Cli;

/// <summary>Aligned columns under a ruled head: the same in a terminal, in a file and for <c>grep</c>.</summary>
internal sealed class TextTable
{
    /// <summary>What stands between two columns.</summary>
    public const string Gap = "  ";

    private const int LeastWidth = 8;
    private readonly bool[] _right;
    private readonly List<string[]> _rows = [];
    private readonly List<double> _signs = [0];

    /// <summary>A table with these columns; a name that begins with '&gt;' aligns to the right.</summary>
    public TextTable(params IReadOnlyList<string> columns)
    {
        _right = [.. columns.Select(column => column.StartsWith('>'))];
        _rows.Add([.. columns.Select(column => column.TrimStart('>'))]);
    }

    /// <summary>Adds a row.</summary>
    public void Add(params string[] cells) => AddSigned(0, cells);

    /// <summary>Adds a row whose last cell is green above zero and red below.</summary>
    public void AddSigned(double sign, params string[] cells)
    {
        _rows.Add(cells);
        _signs.Add(sign);
    }

    /// <summary>Prints it; on a terminal the widest text column gives way.</summary>
    public void Write(Terminal terminal)
    {
        int[] widths = [.. Enumerable.Range(0, _right.Length).Select(column => _rows.Max(row => row[column].Length))];
        int over = widths.Sum() + (Gap.Length * (widths.Length - 1)) - terminal.FitWidth;
        if (over > 0)
        {
            int widest = Enumerable.Range(0, widths.Length).Where(column => !_right[column]).DefaultIfEmpty(0).MaxBy(column => widths[column]);
            widths[widest] = Math.Max(LeastWidth, widths[widest] - over);
        }

        for (int row = 0; row < _rows.Count; row++)
        {
            terminal.Output.WriteLine(Line(_rows[row], widths, _signs[row], terminal));
            if (row == 0) terminal.Output.WriteLine(string.Join(Gap, widths.Select(width => new string('-', width))));
        }
    }

    /// <summary>"1,234".</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A metric to four decimals, fewer where it is large; "-" when undefined.</summary>
    public static string Metric(double? value) => value is { } number && Math.Abs(number) < 0.001 ? number.ToString("0.0000;-0.0000;0.0000", CultureInfo.InvariantCulture) : Quantity(value);

    /// <summary>A metric: an error has no scale of its own and is written as a quantity.</summary>
    public static string Metric(double? value, bool higherIsBetter) => higherIsBetter ? Metric(value) : Quantity(value);

    /// <summary>A loss, an error or a norm: four decimals, or four significant digits where that says more; "-" when undefined.</summary>
    public static string Quantity(double? value) => value is not { } number || double.IsNaN(number)
        ? "-"
        : number.ToString(Math.Abs(number) is >= 10_000 or (> 0 and < 0.001) ? "0.###E+0" : Math.Abs(number) >= 10 ? "0.00" : "0.0000", CultureInfo.InvariantCulture);

    /// <summary>"+1.23%".</summary>
    public static string Percent(double? value) => value is not { } number || !double.IsFinite(number) ? "-" : number.ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture) + "%";

    private string Line(string[] cells, int[] widths, double sign, Terminal terminal)
    {
        var line = new StringBuilder();
        for (int column = 0; column < cells.Length; column++)
        {
            string cell = cells[column].Length > widths[column] ? string.Concat(cells[column].AsSpan(0, widths[column] - 1), "…") : cells[column];
            string padded = _right[column] ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]);
            bool last = column == cells.Length - 1;
            line.Append(last && sign != 0 ? terminal.Paint(padded, sign > 0) : last && !_right[column] ? cell : padded);
            if (!last) line.Append(Gap);
        }

        return line.ToString().TrimEnd();
    }
}
