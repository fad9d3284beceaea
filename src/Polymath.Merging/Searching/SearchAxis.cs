using System.Globalization;

namespace Polymath.Merging.Searching;

/// <summary>The values of one parameter that a search tries.</summary>
/// <param name="Name">The parameter.</param>
/// <param name="Values">The values, in order.</param>
public sealed record SearchAxis(string Name, IReadOnlyList<double> Values)
{
    private const int MostValues = 10_000;

    /// <summary>Reads <c>name=0.1,0.3,0.5</c> or <c>name=0.1:1.0:0.1</c> (first, last, step).</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="MergeException">Not written so.</exception>
    public static SearchAxis Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0) throw Wrong(text);
        string name = text[..equals].Trim(), list = text[(equals + 1)..];
        double[] numbers = [.. list.Split(list.Contains(':', StringComparison.Ordinal) ? ':' : ',').Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : throw Wrong(text))];
        if (!list.Contains(':', StringComparison.Ordinal)) return new(name, numbers);
        if (numbers.Length != 3 || numbers[2] <= 0 || numbers[1] < numbers[0] || (numbers[1] - numbers[0]) / numbers[2] > MostValues) throw Wrong(text);
        int steps = (int)Math.Floor(((numbers[1] - numbers[0]) / numbers[2]) + 1e-9);
        return new(name, [.. Enumerable.Range(0, steps + 1).Select(i => Math.Round(numbers[0] + (i * numbers[2]), 12))]);
    }

    private static MergeException Wrong(string text) => new($"found the search '{text}', expected parameter=value,value,... or parameter=first:last:step, such as lambda=0.1:1:0.1.");
}
