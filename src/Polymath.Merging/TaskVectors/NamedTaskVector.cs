namespace Polymath.Merging.TaskVectors;

/// <summary>A task vector and what it is called in reports, tables and messages.</summary>
/// <param name="Name">The name: "sst2".</param>
/// <param name="Vector">tau.</param>
public sealed record NamedTaskVector(string Name, TaskVector Vector);
