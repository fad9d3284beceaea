namespace Polymath.Boosting;

/// <summary>A number that the compiler knows, so that unused lanes cost nothing and places in a histogram are part of the instruction.</summary>
internal interface IConstant
{
    /// <summary>The number.</summary>
    static abstract nuint Value { get; }
}
