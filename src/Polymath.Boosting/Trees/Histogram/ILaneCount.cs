namespace Polymath.Boosting;

/// <summary>How many features of a word are filled: a constant to the compiler, so that unused lanes cost nothing.</summary>
internal interface ILaneCount
{
    /// <summary>1 to 8.</summary>
    static abstract int Count { get; }
}
