namespace Polymath.Data.Generators;

/// <summary>How the tasks of <see cref="SyntheticMultiTaskData"/> hang together; numbered as in the paper.</summary>
public enum SyntheticScenario
{
    /// <summary>Every task is the same function: pooling is best.</summary>
    Same = 1,

    /// <summary>Every task is a function of its own: a model per task is best.</summary>
    Unrelated = 2,

    /// <summary>Nine tenths a common function, one tenth the task's own.</summary>
    Related = 3,

    /// <summary>As <see cref="Related"/>, but the last tasks share another common function.</summary>
    Outliers = 4,
}
