namespace Polymath.Learning.Losses;

/// <summary>How the inverse of the small factor U follows its update. All are exact; they differ in cost and rounding.</summary>
public enum InverseUpdate
{
    /// <summary>One solve with an m x m matrix (Woodbury), O(d^2 m + d m^2 + m^3).</summary>
    Woodbury,

    /// <summary>No inverse is kept: rows are found by solving with U itself, O(d^3 + d^2 m).</summary>
    Solve,

    /// <summary>One rank-one update per example (Sherman and Morrison), O(d^2 m).</summary>
    ShermanMorrison,

    /// <summary>U is inverted anew each time, O(d^3).</summary>
    Inverse,
}
