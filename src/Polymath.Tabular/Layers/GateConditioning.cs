namespace Polymath.Tabular;

/// <summary>What the choice of experts depends on.</summary>
public enum GateConditioning
{
    /// <summary>On the task: the same experts for all rows.</summary>
    Task,

    /// <summary>On the task and the row.</summary>
    Example,
}
