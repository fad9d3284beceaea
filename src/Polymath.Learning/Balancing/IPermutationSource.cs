namespace Polymath.Learning.Balancing;

/// <summary>Where a rule that visits tasks in random order gets its orders from; injected to replay recorded ones.</summary>
public interface IPermutationSource
{
    /// <summary>Writes the order in which the rule visits the rows while it treats row <paramref name="row"/>.</summary>
    /// <param name="row">The row being treated.</param>
    /// <param name="order">[K'], to be filled with a permutation of 0 .. K'-1.</param>
    void Fill(int row, Span<int> order);
}
