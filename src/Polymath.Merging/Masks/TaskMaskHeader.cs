namespace Polymath.Merging.Masks;

/// <summary>What a mask file says about itself.</summary>
internal sealed record TaskMaskHeader
{
    public required string Method { get; init; }

    /// <summary>P.</summary>
    public required long Elements { get; init; }

    /// <summary>The fingerprint of the base.</summary>
    public required string Base { get; init; }

    public required string[] Tasks { get; init; }

    /// <summary>The order of tensors in the masks.</summary>
    public required string[] Tensors { get; init; }

    public required float?[] Lambdas { get; init; }

    public required float[] Scales { get; init; }
}
