namespace Polymath.Tensors.Kernels;

/// <summary>The sizes of one feed-forward part, and how its rows are split.</summary>
/// <param name="Rows">Rows of the input.</param>
/// <param name="Inputs">Width of the input.</param>
/// <param name="Hidden">Width of the hidden layer.</param>
/// <param name="Outputs">Width of the output.</param>
internal readonly record struct FeedForwardSizes(int Rows, int Inputs, int Hidden, int Outputs)
{
    private const int BlockValues = 16 * 1024, MostGroups = 16, LeastRows = 8, MostRows = 256;

    /// <summary>Rows whose hidden values stay in the cache.</summary>
    public int Block => Math.Clamp(BlockValues / Math.Max(1, Hidden) / LeastRows * LeastRows, LeastRows, MostRows);

    /// <summary>Blocks of all rows.</summary>
    public int Blocks => (Rows + Block - 1) / Block;

    /// <summary>Blocks that add up into one partial gradient.</summary>
    public int GroupBlocks => (Blocks + MostGroups - 1) / MostGroups;

    /// <summary>Partial gradients.</summary>
    public int Groups => (Blocks + GroupBlocks - 1) / Math.Max(1, GroupBlocks);

    /// <summary>Values of W1, b1, W2, b2 in this order.</summary>
    public int Parameters => (Hidden * Inputs) + Hidden + (Outputs * Hidden) + Outputs;
}
