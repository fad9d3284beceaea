namespace Polymath.Learning.Regularization;

/// <summary>What kept <see cref="RepMtlRegularizer"/> from working as meant in a step.</summary>
[Flags]
public enum RepMtlNotes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>One task only: the entropy is 0 and there is nobody to align with, so nothing was added.</summary>
    SingleTask = 1,

    /// <summary>One sample only: the alignment has no negatives and was left out.</summary>
    SingleSample = 2,

    /// <summary>A task's saliency is zero everywhere, as behind a head of dead units.</summary>
    DeadSaliency = 4,

    /// <summary>
    /// The saliencies do not change with the representation, as with linear (or piecewise linear) heads, absolute errors and no log transform: the
    /// regulariser trains the heads but not the encoder.
    /// </summary>
    NoCurvature = 8,
}
