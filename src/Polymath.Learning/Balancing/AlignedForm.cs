namespace Polymath.Learning.Balancing;

/// <summary>Whose preference <see cref="AlignedMTL"/> uses when none is given.</summary>
public enum AlignedForm
{
    /// <summary>1 for every task: an update of the scale of the sum of the aligned gradients.</summary>
    LibMtl,

    /// <summary>1/K for every task: an update of the scale of their mean.</summary>
    TorchJD,
}
