namespace Polymath.Tensors.Kernels;

/// <summary>A binary elementwise function; comparisons give 1 or 0.</summary>
internal enum BinaryKind
{
    /// <summary>a + b.</summary>
    Add,

    /// <summary>a - b.</summary>
    Subtract,

    /// <summary>a b.</summary>
    Multiply,

    /// <summary>a / b.</summary>
    Divide,

    /// <summary>The larger; NaN when either is NaN.</summary>
    Maximum,

    /// <summary>The smaller; NaN when either is NaN.</summary>
    Minimum,

    /// <summary>a to the power b.</summary>
    Power,

    /// <summary>a = b.</summary>
    Equal,

    /// <summary>a &lt; b.</summary>
    Less,

    /// <summary>a &lt;= b.</summary>
    LessOrEqual,

    /// <summary>a &gt; b.</summary>
    Greater,

    /// <summary>a &gt;= b.</summary>
    GreaterOrEqual,
}
