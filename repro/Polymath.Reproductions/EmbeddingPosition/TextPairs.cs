namespace Polymath.Reproductions.EmbeddingPosition;

/// <summary>Pairs of texts that belong together, as hashed parts.</summary>
/// <param name="Left">Queries.</param>
/// <param name="Right">What each is to find.</param>
internal sealed record TextPairs(int[][] Left, int[][] Right)
{
    public int Count => Left.Length;
}
