namespace Polymath.Tabular;

/// <summary>Tasks that belong together by prior knowledge, such as all that count interactions.</summary>
/// <param name="Name">A name: "inter".</param>
/// <param name="Tasks">The names of its tasks, at least one.</param>
public sealed record TaskGroup(string Name, IReadOnlyList<string> Tasks);
