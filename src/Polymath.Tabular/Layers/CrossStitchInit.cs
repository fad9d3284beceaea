namespace Polymath.Tabular;

/// <summary>The first values of cross-stitch weights.</summary>
public enum CrossStitchInit
{
    /// <summary>Mostly one's own: alpha_tt = s, the other T - 1 share 1 - s, so that rows sum to 1 (Misra et al. 2016).</summary>
    Convex,

    /// <summary>All ones, as LibMTL has it: activations grow by the factor T at every stitch.</summary>
    Ones,
}
