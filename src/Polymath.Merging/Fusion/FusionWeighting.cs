namespace Polymath.Merging.Fusion;

/// <summary>How the length m_k of a checkpoint's change becomes its weight.</summary>
public enum FusionWeighting
{
    /// <summary>w_k = m_k / sum_j m_j, and equal weights where nothing changed.</summary>
    Proportional,

    /// <summary>w = softmax(m / temperature).</summary>
    Softmax,
}
