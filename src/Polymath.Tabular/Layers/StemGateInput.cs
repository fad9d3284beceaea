namespace Polymath.Tabular;

/// <summary>What the gate of a task reads in STEM.</summary>
public enum StemGateInput
{
    /// <summary>z_k + z_s, as in the authors' code.</summary>
    TaskPlusShared,

    /// <summary>z_k, as in the MultiTab repository.</summary>
    TaskOnly,
}
