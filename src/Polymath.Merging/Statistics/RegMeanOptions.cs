namespace Polymath.Merging.Statistics;

/// <summary>Options of <see cref="RegMeanMerging"/>.</summary>
public sealed record RegMeanOptions
{
    /// <summary>What the off-diagonal elements of every Gram matrix are multiplied by, in [0, 1]: 1 is the exact regression, 0.9 the paper's choice for transformers.</summary>
    public double NonDiagonalRatio { get; init; } = 1;

    /// <summary>Added to the diagonal of the summed Gram matrices, as a share of its mean; 0 or more. Needed where there are fewer examples than inputs.</summary>
    public double Ridge { get; init; }

    /// <summary>Whether weights are stored <c>[outputs, inputs]</c>; false for <c>[inputs, outputs]</c>.</summary>
    public bool Transposed { get; init; } = true;
}
