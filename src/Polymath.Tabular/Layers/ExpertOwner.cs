namespace Polymath.Tabular;

/// <summary>Whose expert or gate something is.</summary>
public enum ExpertOwner
{
    /// <summary>That of all tasks.</summary>
    Shared,

    /// <summary>That of a group of tasks.</summary>
    Group,

    /// <summary>That of one task.</summary>
    Task,
}
