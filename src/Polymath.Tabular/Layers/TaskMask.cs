namespace Polymath.Tabular;

/// <summary>What tokens may not look at in the attention over columns (MultiTab-Net, section on masked attention).</summary>
public enum TaskMask
{
    /// <summary>Everything sees everything.</summary>
    None,

    /// <summary>Task tokens do not see each other (T x T).</summary>
    TaskToTask,

    /// <summary>Columns do not see task tokens (F x T).</summary>
    FeatureToTask,

    /// <summary>Both: a task token is seen only by itself.</summary>
    Both,
}
