using System.Globalization;
using Polymath.Data.Runs;
using Polymath.Tensors;

namespace Polymath.Tabular.Tuning;

/// <summary>One hyper-parameter and the values it may take: a list, or a range.</summary>
/// <param name="Name">As it was written.</param>
/// <param name="Knob">What it turns.</param>
/// <param name="Values">The listed values; empty for a range.</param>
/// <param name="Low">Lower end of the range.</param>
/// <param name="High">Upper end.</param>
/// <param name="IsLog">Whether values are drawn evenly over the logarithm.</param>
internal sealed record SearchDimension(string Name, SearchKnob Knob, IReadOnlyList<string> Values, double Low, double High, bool IsLog)
{
    private const string Dots = "..", Logarithm = ":log";
    private const int Digits = 4;

    /// <summary>Reads <c>name=low..high[:log]</c> or <c>name=value/value</c> (with a comma instead where '/' belongs to the values).</summary>
    /// <exception cref="RunException">Not of that form, nothing of that name, or a range that is empty or of something that has no order.</exception>
    public static SearchDimension Parse(string text, TuningSettings settings)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string name = equals <= 0 ? string.Empty : text[..equals].Trim(), range = equals <= 0 ? string.Empty : text[(equals + 1)..].Trim();
        if (name.Length == 0 || range.Length == 0) throw new RunException($"search: found '{text}', expected name=low..high[:log] or name=value/value, for example lr=0.0001..0.01:log.");
        var knob = SearchKnob.Find(name, settings);
        int dots = range.IndexOf(Dots, StringComparison.Ordinal);
        if (dots < 0)
        {
            string[] values = [.. range.Split(knob.IsList ? [','] : [',', '/'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
            return values.Length > 0 ? new SearchDimension(name, knob, values, 0, 0, false) : throw new RunException($"search: '{name}' has no value, expected at least one.");
        }

        bool log = range.EndsWith(Logarithm, StringComparison.OrdinalIgnoreCase);
        string low = range[..dots], high = (log ? range[..^Logarithm.Length] : range)[(dots + Dots.Length)..];
        if (!knob.IsNumber) throw new RunException($"search: '{name}' is not a number, found the range '{range}'; list its values, {name}=value/value.");
        if (!Number(low, out double from) || !Number(high, out double to) || from >= to) throw new RunException($"search: found the range '{range}' of '{name}', expected low..high with low below high.");
        if (log && from <= 0) throw new RunException($"search: found the range '{range}' of '{name}', expected a lower end above 0 for a logarithmic one.");
        return new SearchDimension(name, knob, [], from, to, log);
    }

    /// <summary>The texts whose validity speaks for all values.</summary>
    public IEnumerable<string> Extremes => Values.Count > 0 ? Values : [Text(Low), Text(High)];

    /// <summary>A value.</summary>
    public string Draw(RandomStream random)
    {
        if (Values.Count > 0) return Values[random.NextInt32(Values.Count)];
        double share = random.NextDouble();
        return Text(IsLog ? Math.Exp(Math.Log(Low) + (share * Math.Log(High / Low))) : Low + (share * (High - Low)));
    }

    // Four digits are finer than any search, and can be read in a run.yaml.
    private string Text(double value)
    {
        if (Knob.IsInteger) return Math.Clamp((long)Math.Round(value), (long)Math.Ceiling(Low), (long)Math.Floor(High)).ToString(CultureInfo.InvariantCulture);
        double rounded = double.Parse(value.ToString("G" + Digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return Math.Clamp(rounded, Low, High).ToString("R", CultureInfo.InvariantCulture);
    }

    private static bool Number(string text, out double value) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
