namespace Polymath.Tensors;

/// <summary>What a rule that needs only the inner products of the task gradients may choose between.</summary>
/// <param name="Rows">Multiplications of one sweep that keeps the K gradient rows.</param>
/// <param name="Streamed">
/// Multiplications of one sweep that keeps the inner products only (<see cref="GradientGramian"/>) and one of the weighted sum. Less than
/// <paramref name="Rows"/> where batches are small: then the inner products of X and of the cotangents are cheaper than the gradients.
/// </param>
/// <param name="RowBytes">Memory of the rows.</param>
public readonly record struct GradientCost(double Rows, double Streamed, long RowBytes)
{
    // A float of the rows is written, read for the inner products and read again for the weighted sum; a core multiplies about this often
    // in the time memory moves one float of them.
    private const double MultiplicationsPerFloat = 20;

    /// <summary>True when inner products should be streamed: the rows would not fit, or cost more.</summary>
    /// <param name="rowMemory">The most bytes the rows may take.</param>
    public bool PrefersStreaming(long rowMemory) => RowBytes > rowMemory || Streamed < Rows + (RowBytes / sizeof(float) * MultiplicationsPerFloat);
}
