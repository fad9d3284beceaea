namespace Polymath.Cli;

/// <summary>One entry of a registry.</summary>
/// <param name="Name">What the user types.</param>
/// <param name="Title">The name in full.</param>
/// <param name="Needs">What it reads; empty when that says nothing.</param>
/// <param name="Paper">The source.</param>
/// <param name="Options">What can be set.</param>
internal sealed record CatalogueEntry(string Name, string Title, string Needs, string Paper, IReadOnlyList<CatalogueOption> Options)
{
    /// <summary>What a step costs; empty when that says nothing.</summary>
    public string Cost { get; init; } = string.Empty;
}
