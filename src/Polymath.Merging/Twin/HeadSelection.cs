namespace Polymath.Merging.Twin;

/// <summary>Whose tensors that are not merged, and whose head, an example gets.</summary>
public enum HeadSelection
{
    /// <summary>Those of the task that the router finds likeliest: all that can be done when the task is unknown.</summary>
    RouterArgmax,

    /// <summary>Those of its true task, as the paper evaluates.</summary>
    TrueTask,
}
