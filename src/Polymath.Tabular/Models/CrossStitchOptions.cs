namespace Polymath.Tabular;

/// <summary>Options of <see cref="CrossStitch"/>.</summary>
public sealed record CrossStitchOptions : BottomOptions
{
    /// <summary>The first values of the stitches. Default: mostly one's own, as in the paper.</summary>
    public CrossStitchInit Init { get; init; } = CrossStitchInit.Convex;

    /// <summary>alpha_tt of the convex start, in [0, 1]. Default: 0.9.</summary>
    public float Same { get; init; } = 0.9f;

    /// <summary>Whether the last layer before the towers is stitched too; LibMTL stitches between layers only. Default: yes.</summary>
    public bool StitchLast { get; init; } = true;

    internal static OptionTable<CrossStitchOptions> Table { get; } = Bottom(new OptionTable<CrossStitchOptions>(CrossStitch.RegistryName, new CrossStitchOptions())
        .Choice("init", o => o.Init, (o, v) => o with { Init = v }, "First values of the stitches: convex (mostly one's own) or ones.")
        .Number("same", 0, 1, o => o.Same, (o, v) => o with { Same = v }, "Share of a task's own activations in the convex start.")
        .Flag("stitch-last", o => o.StitchLast, (o, v) => o with { StitchLast = v }, "Stitch the last layer before the towers too."));
}
