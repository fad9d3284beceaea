namespace Polymath.Tensors.Kernels;

/// <summary>
/// A block of B as the micro-kernel wants it: packed into panels of three vectors, or read where it lies with only the columns that do not
/// fill a vector packed (reading those in place would run past the end of the matrix).
/// </summary>
internal unsafe struct GemmRightOperand<TKernel> : IBody
    where TKernel : struct, IMicroKernel
{
    private const int PackGrain = 16 * 1024;

    private readonly float* _source, _panels;
    private readonly nint _columnStride, _stepStride;
    private readonly bool _packed;

    public GemmRightOperand(float* source, nint columnStride, nint stepStride, int columns, int depth, bool packed, float* panels)
    {
        _source = source;
        _panels = panels;
        (_columnStride, _stepStride, _packed, Columns, Depth) = (columnStride, stepStride, packed, columns, depth);
    }

    public int Columns { get; }

    public int Depth { get; }

    private static int PanelColumns => IMicroKernel.MostVectors * TKernel.Lanes;

    private readonly int Panels => (Columns + PanelColumns - 1) / PanelColumns;

    private readonly int PanelsAtOnce => Math.Max(1, PackGrain / (Depth * PanelColumns));

    /// <summary>Fills the panels.</summary>
    public void Pack(bool parallel)
    {
        int ragged = Columns % TKernel.Lanes;
        if (_packed && parallel) Workers.For((Panels + PanelsAtOnce - 1) / PanelsAtOnce, ref this);
        else if (_packed) PackPanels(0, Panels);
        else if (ragged > 0) GemmPacking.Pack(_source + ((Columns - ragged) * _columnStride), _columnStride, _stepStride, ragged, Depth, TKernel.Lanes, _panels);
    }

    /// <inheritdoc/>
    public readonly void Run(int chunk) => PackPanels(chunk * PanelsAtOnce, Math.Min((chunk + 1) * PanelsAtOnce, Panels));

    /// <summary>How many vectors the tile starting at a column has, where it lies, and how far apart its steps are.</summary>
    public readonly int Tile(int column, out float* tile, out nint stepStride)
    {
        int width = Math.Min(PanelColumns, Columns - column);
        if (_packed)
        {
            int vectors = (width + TKernel.Lanes - 1) / TKernel.Lanes;
            tile = _panels + ((nint)column * Depth);
            stepStride = vectors * TKernel.Lanes;
            return vectors;
        }

        if (width < TKernel.Lanes)
        {
            tile = _panels;
            stepStride = TKernel.Lanes;
            return 1;
        }

        tile = _source + column;
        stepStride = _stepStride;
        return width / TKernel.Lanes;
    }

    private readonly void PackPanels(int first, int last)
    {
        for (int panel = first; panel < last; panel++)
        {
            int column = panel * PanelColumns, width = Math.Min(PanelColumns, Columns - column), padded = (width + TKernel.Lanes - 1) / TKernel.Lanes * TKernel.Lanes;
            GemmPacking.Pack(_source + (column * _columnStride), _columnStride, _stepStride, width, Depth, padded, _panels + ((nint)column * Depth));
        }
    }
}
