namespace Polymath.Boosting;

/// <summary>The lane counts as types.</summary>
internal static class LaneCount
{
    /// <summary>1.</summary>
    internal readonly struct One : ILaneCount
    {
        public static int Count => 1;
    }

    /// <summary>2.</summary>
    internal readonly struct Two : ILaneCount
    {
        public static int Count => 2;
    }

    /// <summary>3.</summary>
    internal readonly struct Three : ILaneCount
    {
        public static int Count => 3;
    }

    /// <summary>4.</summary>
    internal readonly struct Four : ILaneCount
    {
        public static int Count => 4;
    }

    /// <summary>5.</summary>
    internal readonly struct Five : ILaneCount
    {
        public static int Count => 5;
    }

    /// <summary>6.</summary>
    internal readonly struct Six : ILaneCount
    {
        public static int Count => 6;
    }

    /// <summary>7.</summary>
    internal readonly struct Seven : ILaneCount
    {
        public static int Count => 7;
    }

    /// <summary>8.</summary>
    internal readonly struct Eight : ILaneCount
    {
        public static int Count => 8;
    }
}
