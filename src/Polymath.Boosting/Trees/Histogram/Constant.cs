namespace Polymath.Boosting;

/// <summary>The lane counts and strides as types.</summary>
internal static class Constant
{
    /// <summary>1.</summary>
    internal readonly struct One : IConstant
    {
        public static nuint Value => 1;
    }

    /// <summary>2.</summary>
    internal readonly struct Two : IConstant
    {
        public static nuint Value => 2;
    }

    /// <summary>3.</summary>
    internal readonly struct Three : IConstant
    {
        public static nuint Value => 3;
    }

    /// <summary>4.</summary>
    internal readonly struct Four : IConstant
    {
        public static nuint Value => 4;
    }

    /// <summary>5.</summary>
    internal readonly struct Five : IConstant
    {
        public static nuint Value => 5;
    }

    /// <summary>6.</summary>
    internal readonly struct Six : IConstant
    {
        public static nuint Value => 6;
    }

    /// <summary>7.</summary>
    internal readonly struct Seven : IConstant
    {
        public static nuint Value => 7;
    }

    /// <summary>8.</summary>
    internal readonly struct Eight : IConstant
    {
        public static nuint Value => 8;
    }

    /// <summary>16.</summary>
    internal readonly struct Sixteen : IConstant
    {
        public static nuint Value => 16;
    }

    /// <summary>32.</summary>
    internal readonly struct ThirtyTwo : IConstant
    {
        public static nuint Value => 32;
    }

    /// <summary>64.</summary>
    internal readonly struct SixtyFour : IConstant
    {
        public static nuint Value => 64;
    }

    /// <summary>128.</summary>
    internal readonly struct OneHundredTwentyEight : IConstant
    {
        public static nuint Value => 128;
    }

    /// <summary>256.</summary>
    internal readonly struct TwoHundredFiftySix : IConstant
    {
        public static nuint Value => 256;
    }
}
