namespace Polymath.Data;

/// <summary>What a target is, which decides its loss and its metrics.</summary>
public enum TargetKind
{
    /// <summary>Decided by the training rows: two distinct values are binary; numbers with more than 20 distinct values or fractions are regression; the rest is multiclass.</summary>
    Auto,

    /// <summary>Two classes, encoded 0 and 1.</summary>
    Binary,

    /// <summary>Several exclusive classes, encoded 0, 1, 2, ...</summary>
    Multiclass,

    /// <summary>A real number, standardised over the training rows.</summary>
    Regression,

    /// <summary>A number of events, not negative, left as it is.</summary>
    Count,
}
