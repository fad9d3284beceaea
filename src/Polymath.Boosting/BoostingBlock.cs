namespace Polymath.Boosting;

/// <summary>A block of iterations.</summary>
public enum BoostingBlock
{
    /// <summary>Block 1: trees that all tasks share.</summary>
    Shared,

    /// <summary>Block 2: an outlier and a non-outlier tree an iteration.</summary>
    Robust,

    /// <summary>Block 3: a tree per task.</summary>
    Task,
}
