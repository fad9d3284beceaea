namespace Polymath.Merging.Configuration;

/// <summary>How the output's vocabulary is made.</summary>
/// <param name="Source"><c>union</c>, <c>base</c>, or a model.</param>
/// <param name="Tokens">Settings of single tokens.</param>
/// <param name="PadToMultipleOf">The number of embedding rows is rounded up to a multiple of this; null for no rounding.</param>
/// <param name="Line">The line of the configuration, from 1.</param>
public sealed record TokenizerSettings(string Source, IReadOnlyList<TokenEntry> Tokens, int? PadToMultipleOf, long Line)
{
    /// <summary>The union of all vocabularies.</summary>
    public const string Union = "union";

    /// <summary>The base model's vocabulary.</summary>
    public const string Base = "base";
}
