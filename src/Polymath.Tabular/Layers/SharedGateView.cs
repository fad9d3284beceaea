namespace Polymath.Tabular;

/// <summary>Which experts the shared gate of a CGC layer mixes.</summary>
public enum SharedGateView
{
    /// <summary>The experts of task 1, ..., those of task T, then the shared ones (Tang et al. 2020).</summary>
    AllExperts,

    /// <summary>The shared experts only (FuxiCTR, STEM).</summary>
    SharedExperts,
}
