namespace Polymath.Merging.Blending;

/// <summary>What holds for a whole merge and reaches every tensor.</summary>
public sealed record MergeSettings
{
    /// <summary>All defaults: single precision, seed 0.</summary>
    public static MergeSettings Default { get; } = new();

    /// <summary>Rounding of intermediate values; none by default.</summary>
    public StepRounding Rounding { get; init; } = StepRounding.None;

    /// <summary>The random numbers of DARE and DELLA.</summary>
    public RandomDraws Draws { get; init; } = new(0);

    /// <summary>How kept elements are scaled up after a random or magnitude drop.</summary>
    public RescaleMode Rescale { get; init; } = RescaleMode.L1NormMatch;

    /// <summary>What breadcrumbs does in a tensor of which no top element is to be dropped.</summary>
    public BreadcrumbsMode Breadcrumbs { get; init; } = BreadcrumbsMode.MergekitCompatible;

    /// <summary>Told about a source whose elements in a block are not all finite (its values as read, and the block's first element); null does not look.</summary>
    public NonFiniteValues? NonFinite { get; init; }

    /// <summary>Receives warnings, a sentence each; called from one thread at a time.</summary>
    public Action<string> Warn { get; init; } = static _ => { };
}
