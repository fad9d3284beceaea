namespace Polymath.Data;

/// <summary>How an expression target compares its column with a value.</summary>
public enum TargetOperator
{
    /// <summary>No comparison: the column itself is the target.</summary>
    None,

    /// <summary><c>==</c></summary>
    Equal,

    /// <summary><c>!=</c></summary>
    NotEqual,

    /// <summary><c>&gt;</c></summary>
    Greater,

    /// <summary><c>&gt;=</c></summary>
    GreaterOrEqual,

    /// <summary><c>&lt;</c></summary>
    Less,

    /// <summary><c>&lt;=</c></summary>
    LessOrEqual,
}
