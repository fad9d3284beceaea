namespace Polymath.Tensors.Kernels;

/// <summary>Runs a row kernel over all rows, several rows per chunk; the chunk size depends on the shape only.</summary>
internal struct RowLoop<TRow> : IBody
    where TRow : struct, IRowKernel
{
    private const int Grain = 8 * 1024, LongGrain = 128 * 1024, MostChunks = 64;
    private TRow _kernel;
    private int _rows, _block;

    /// <summary>Processes <paramref name="rows"/> rows of <paramref name="width"/> elements.</summary>
    public static void Run(int rows, int width, TRow kernel)
    {
        if (rows == 0 || width == 0) return;
        // Long arrays go in longer chunks: at every start of one the prefetchers have to find the stream again.
        long grain = Math.Clamp((long)rows * width / MostChunks, Grain, LongGrain);
        var loop = new RowLoop<TRow> { _kernel = kernel, _rows = rows, _block = (int)Math.Max(1, grain / width) };
        Workers.For(1 + ((rows - 1) / loop._block), ref loop);
    }

    /// <inheritdoc/>
    public void Run(int chunk)
    {
        int last = (int)Math.Min(_rows, (chunk + 1L) * _block);
        for (int row = chunk * _block; row < last; row++) _kernel.Row(row);
    }
}
