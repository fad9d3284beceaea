namespace Polymath.Boosting;

/// <summary>A range of the row list to divide.</summary>
/// <param name="start">First place.</param>
/// <param name="count">Number of rows.</param>
/// <param name="words">The words of the feature's group.</param>
/// <param name="lane">The feature's place in the word.</param>
/// <param name="goesLeft">1 for every bin that goes left, else 0; 256 of them.</param>
internal readonly unsafe struct RowCut(int start, int count, ulong* words, int lane, byte[] goesLeft)
{
    public readonly int Start = start;
    public readonly int Count = count;
    public readonly ulong* Words = words;
    public readonly int Lane = lane;
    public readonly byte[] GoesLeft = goesLeft;
}
