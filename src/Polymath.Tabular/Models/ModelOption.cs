using System.Globalization;

namespace Polymath.Tabular;

/// <summary>One option of a model: the single source for parsing, validation, help and documentation tables.</summary>
/// <param name="Name">The key: "expert-hidden".</param>
/// <param name="Kind">Its type.</param>
/// <param name="Default">The default as text.</param>
/// <param name="Meaning">One sentence.</param>
public sealed record ModelOption(string Name, ModelOptionKind Kind, string Default, string Meaning)
{
    /// <summary>Smallest allowed number.</summary>
    public double Minimum { get; init; } = double.NegativeInfinity;

    /// <summary>Largest allowed number.</summary>
    public double Maximum { get; init; } = double.PositiveInfinity;

    /// <summary>The allowed words: of a choice, or beside numbers ("auto", "none").</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The allowed values in words: "[0, 1]", "none | l2", "true | false".</summary>
    public string Range
    {
        get
        {
            string interval = string.Create(CultureInfo.InvariantCulture, $"[{Minimum}, {Maximum}]");
            string range = Kind switch
            {
                ModelOptionKind.Choice or ModelOptionKind.Text => string.Empty,
                ModelOptionKind.Flag => "true | false",
                ModelOptionKind.Integers => $"whole numbers in {interval} separated by '/'",
                ModelOptionKind.Integer => $"a whole number in {interval}",
                _ => $"a number in {interval}",
            };
            string words = string.Join(" | ", Words);
            return range.Length == 0 ? words : words.Length == 0 ? range : $"{range}, or {words}";
        }
    }

    internal ModelException Invalid(string model, string found) => new($"{model}: {Name}={found} is not allowed, expected {Range} (default {Default}).");
}
