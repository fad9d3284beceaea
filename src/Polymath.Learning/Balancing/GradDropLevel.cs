namespace Polymath.Learning.Balancing;

/// <summary>Which gradients <see cref="GradDrop"/> compares.</summary>
public enum GradDropLevel
{
    /// <summary>Those of the shared representation, as the paper and LibMTL.</summary>
    Representation,

    /// <summary>Those of the shared parameters, as TorchJD.</summary>
    Parameters,
}
