namespace Polymath.Learning.Configuration;

/// <summary>The type of a component's parameter.</summary>
public enum ParameterKind
{
    /// <summary>A real number.</summary>
    Number,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>true or false.</summary>
    Flag,

    /// <summary>Real numbers separated by '/': 0.2/0.3/0.5; may be left empty.</summary>
    Vector,
}
