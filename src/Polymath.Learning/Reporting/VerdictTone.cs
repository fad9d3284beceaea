namespace Polymath.Learning.Reporting;

/// <summary>What a verdict says, in one word.</summary>
public enum VerdictTone
{
    /// <summary>Without baselines nothing can be said.</summary>
    Unknown,

    /// <summary>Sharing helped, and hurt no task.</summary>
    Helped,

    /// <summary>Sharing made no difference to any task beyond noise.</summary>
    NoDifference,

    /// <summary>Sharing helped some tasks and hurt others a little.</summary>
    Mixed,

    /// <summary>At least one task shows negative transfer, or every difference is a loss.</summary>
    Hurt,
}
