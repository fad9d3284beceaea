namespace Polymath.Tabular;

/// <summary>What reads the task-specific representations of <see cref="Dtrn"/>.</summary>
public enum DtrnHead
{
    /// <summary>A tower per task.</summary>
    Towers,

    /// <summary>Shared experts on every task's representation, mixed by a gate per task, then the towers.</summary>
    Mmoe,

    /// <summary>Experts of every task and shared ones on every task's representation, mixed by a gate per task, in levels; then the towers.</summary>
    Ple,
}
