namespace Polymath.Learning.Training;

/// <summary>Which gradients a balancer combines in <see cref="FlatRegions"/>.</summary>
public enum FlatSplit
{
    /// <summary>The gradients of the losses, and separately what the perturbation changes about them; the two results are added.</summary>
    LossAndFlat,

    /// <summary>The gradients at the perturbed parameters, all at once: the paper's ablation, written a- there.</summary>
    Direct,
}
