namespace Polymath.Learning.Balancing;

/// <summary>The type of a balancer parameter.</summary>
public enum BalancerParameterKind
{
    /// <summary>A real number.</summary>
    Number,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>true or false.</summary>
    Flag,

    /// <summary>One of a few words.</summary>
    Choice,

    /// <summary>Real numbers separated by '/': 0.2/0.3/0.5.</summary>
    Vector,
}
