namespace Polymath.Merging.Blending;

/// <summary>How a tensor may be cut into blocks.</summary>
public enum Granularity
{
    /// <summary>Anywhere: every element is made on its own.</summary>
    Elements,

    /// <summary>Between rows (the innermost axis; a tensor of rank 0 or 1 is one row): a row is never split.</summary>
    Rows,

    /// <summary>Between slices of the outermost axis (a tensor of rank 0 or 1 is one slice).</summary>
    Slices,

    /// <summary>Not at all: the whole tensor is one block.</summary>
    Whole,
}
