namespace Polymath.Merging.Reporting;

/// <summary>What a report says besides measurements.</summary>
/// <param name="Name">The merged model's name.</param>
/// <param name="Method">The method.</param>
/// <param name="Details">Circumstances: a name and a value each; empty values are left out.</param>
/// <param name="Warnings">What the author may not expect, a sentence each.</param>
/// <param name="Configuration">The configuration as it was read.</param>
public sealed record MergeFacts(string Name, string Method, IReadOnlyList<(string Name, string Value)> Details, IReadOnlyList<string> Warnings, string Configuration);
