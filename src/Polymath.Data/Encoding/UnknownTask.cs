namespace Polymath.Data;

/// <summary>What to do with a row whose task was not among the training rows.</summary>
public enum UnknownTask
{
    /// <summary>An error that names the task.</summary>
    Error,

    /// <summary>The row gets task -1; the caller decides, for example by averaging all tasks.</summary>
    Unassigned,
}
