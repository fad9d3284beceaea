namespace Polymath.Boosting;

/// <summary>Which leaf of a tree is split next.</summary>
public enum TreeGrowth
{
    /// <summary>The one with the largest gain.</summary>
    LeafWise,

    /// <summary>The one nearest to the root; all leaves of a level are split together.</summary>
    DepthWise,
}
