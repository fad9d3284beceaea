namespace Polymath.Merging.Twin;

/// <summary>What the file of a twin model says about itself.</summary>
internal sealed record TwinHeader
{
    public required string[] Tasks { get; init; }

    public required string Description { get; init; }
}
