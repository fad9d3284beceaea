namespace Polymath.Reproductions.Merging;

/// <summary>Which pictures of a task.</summary>
public enum BenchSplit
{
    /// <summary>What the experts are fine-tuned on.</summary>
    Train,

    /// <summary>What scales and masks are chosen on.</summary>
    Validation,

    /// <summary>What is reported.</summary>
    Test,
}
