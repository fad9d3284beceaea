namespace Polymath.Learning.Balancing;

/// <summary>What <see cref="CAGrad"/> divides its update by.</summary>
public enum CAGradRescale
{
    /// <summary>1: the update of the paper's algorithm.</summary>
    None,

    /// <summary>1 + c^2 (default of the official code).</summary>
    OnePlusCSquared,

    /// <summary>1 + c.</summary>
    OnePlusC,
}
