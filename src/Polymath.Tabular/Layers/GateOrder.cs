namespace Polymath.Tabular;

/// <summary>In which order a task's gate counts its experts; it matters when weights come from elsewhere.</summary>
public enum GateOrder
{
    /// <summary>The task's own experts, then the shared ones (paper, torch-rechub, EasyRec, MTReclib, MultiTab, DeepCTR-Torch).</summary>
    SpecificFirst,

    /// <summary>The shared experts, then the task's own (LibMTL).</summary>
    SharedFirst,
}
