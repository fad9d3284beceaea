namespace Polymath.Merging.Twin;

/// <summary>What the file of a router says about itself.</summary>
internal sealed record RouterHeader
{
    public required string[] Tasks { get; init; }

    public required int Features { get; init; }

    public required int Hidden { get; init; }

    /// <summary>The fingerprint of the shared expert that the features come from, or empty.</summary>
    public required string Shared { get; init; }
}
