namespace Polymath.Cli;

/// <summary>One option of an entry.</summary>
internal sealed record CatalogueOption(string Name, string Default, string Range, string Meaning);
