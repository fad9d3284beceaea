namespace Polymath.Learning.Balancing;

/// <summary>What <see cref="MGDA"/> divides each task gradient by before it looks for the minimum-norm point.</summary>
public enum MGDANormalization
{
    /// <summary>Nothing: q_k = 1.</summary>
    None,

    /// <summary>The gradient's norm: q_k = ||g_k||.</summary>
    L2,

    /// <summary>The loss: q_k = L_k.</summary>
    Loss,

    /// <summary>Loss times norm ("loss+"): q_k = L_k ||g_k||.</summary>
    LossPlus,
}
