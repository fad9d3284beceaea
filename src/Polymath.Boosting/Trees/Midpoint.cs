namespace Polymath.Boosting;

/// <summary>Where a cut between two neighbouring values lies.</summary>
internal static class Midpoint
{
    /// <summary>The largest float not above the midpoint, so that x &lt;= cut means the same for floats as for the midpoint itself.</summary>
    public static float Of(float lower, float upper)
    {
        double middle = (lower / 2.0) + (upper / 2.0);
        float rounded = (float)middle;
        return rounded > middle ? MathF.BitDecrement(rounded) : rounded;
    }
}
