namespace Polymath.Learning.Regularization;

/// <summary>How the cross-task saliency alignment of several tasks becomes one number; equation 9 of Rep-MTL does not say.</summary>
public enum CsaReduction
{
    /// <summary>The mean over tasks.</summary>
    Mean,

    /// <summary>The sum over tasks: T times the mean.</summary>
    Sum,
}
