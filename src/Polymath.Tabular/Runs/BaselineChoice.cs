namespace Polymath.Tabular.Runs;

/// <summary>Whether single-task models are trained beside the multi-task one.</summary>
public enum BaselineChoice
{
    /// <summary>Yes for small runs, no for large ones.</summary>
    Auto,

    /// <summary>One model per task, with the same budget.</summary>
    SingleTask,

    /// <summary>None: the report then cannot say whether sharing helped.</summary>
    None,
}
