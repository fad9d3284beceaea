namespace Polymath.Tensors.Kernels;

/// <summary>Runs a row kernel over all rows, several rows per chunk; the chunk size depends on the shape only.</summary>
internal struct RowLoop<TRow> : IBody
    where TRow : struct, IRowKernel
{
    private const int Grain = 8 * 1024;
    private TRow _kernel;
    private int _rows, _block;

    /// <summary>Processes <paramref name="rows"/> rows of <paramref name="width"/> elements.</summary>
    public static void Run(int rows, int width, TRow kernel)
    {
        if (rows == 0 || width == 0) return;
        var loop = new RowLoop<TRow> { _kernel = kernel, _rows = rows, _block = Math.Max(1, Grain / width) };
        Workers.For(1 + ((rows - 1) / loop._block), ref loop);
    }

    /// <inheritdoc/>
    public void Run(int chunk)
    {
        int last = (int)Math.Min(_rows, (chunk + 1L) * _block);
        for (int row = chunk * _block; row < last; row++) _kernel.Row(row);
    }
}
