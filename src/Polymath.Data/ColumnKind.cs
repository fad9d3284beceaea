namespace Polymath.Data;

/// <summary>What a column holds.</summary>
public enum ColumnKind
{
    /// <summary>32-bit floats; NaN is missing.</summary>
    Numeric,

    /// <summary>Codes into a list of distinct texts; -1 is missing.</summary>
    Categorical,

    /// <summary>Dates or times of day on a date (ISO 8601).</summary>
    Date,
}
