namespace Polymath.Learning.Balancing;

/// <summary>How <see cref="GradNorm"/> holds and trains its weights.</summary>
public enum GradNormForm
{
    /// <summary>K times the softmax of learned scales, trained by the main optimiser; losses are compared with the mean of the first epoch.</summary>
    LibMtl,

    /// <summary>The weights themselves, moved by one step of gradient descent and made to keep their sum; losses are compared with those of the first step.</summary>
    Paper,
}
