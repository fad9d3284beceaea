using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>
/// The gradients of a normalisation over rows with n = (x - mean) inv and h = g gamma, in one pass over memory:
/// dx = inv (h - mean(h) - n mean(h n)), dgamma = sum g n, dbeta = sum g over the rows of each task. Without a mean, the RMS norm: mean(h) is
/// left out. The column sums are floats within blocks of rows, which the shape alone determines, and doubles over the blocks.
/// </summary>
internal unsafe struct RowNormBackward : IBody
{
    private const int Grain = 16 * 1024, LeastRows = 16, MostRows = 128;

    /// <summary>Cotangents <c>[Tasks, Rows, Width]</c> and the input <c>[Rows, Width]</c>.</summary>
    public float* G, X;

    /// <summary>Scale <c>[Width]</c>, or null for ones.</summary>
    public float* Gamma;

    /// <summary>Statistics of the forward, <c>[Rows]</c>; no mean for the RMS norm.</summary>
    public float* Mean, Inverse;

    /// <summary><c>[Tasks, Rows, Width]</c>, or null where not wanted.</summary>
    public float* Dx;

    /// <summary><c>[Tasks, Width]</c>, or null where not wanted.</summary>
    public float* Dgamma, Dbeta;

    public int Tasks, Rows, Width;
    private int _block, _blocks;
    private float* _partial;

    /// <summary>Rows of a block for a width: it stays in the second-level cache, and its column sums are little beside it.</summary>
    public static int BlockOf(int width) => Math.Clamp(Grain / Math.Max(1, width), LeastRows, MostRows);

    /// <summary>Overwrites the wanted gradients.</summary>
    public void Run()
    {
        if (Rows == 0 || Width == 0 || Tasks == 0) return;
        _block = BlockOf(Width);
        _blocks = ((Rows - 1) / _block) + 1;
        bool sums = Dgamma != null || Dbeta != null;
        _partial = sums ? Scratch.Get<float>(Scratch.Slot.Partial, (nint)Tasks * _blocks * 2 * Width) : null;
        Workers.For(Tasks * _blocks, ref this);
        for (int task = 0; sums && task < Tasks; task++)
        {
            float* partial = _partial + ((nint)task * _blocks * 2 * Width);
            if (Dbeta != null) ColumnSums.Combine(partial, 2 * Width, _blocks, Width, Dbeta + ((nint)task * Width));
            if (Dgamma != null) ColumnSums.Combine(partial + Width, 2 * Width, _blocks, Width, Dgamma + ((nint)task * Width));
        }
    }

    /// <inheritdoc/>
    public readonly void Run(int chunk)
    {
        int task = chunk / _blocks, first = chunk % _blocks * _block, last = Math.Min(Rows, first + _block);
        float* sums = _partial == null ? null : _partial + ((nint)chunk * 2 * Width);
        if (sums != null) new Span<float>(sums, 2 * Width).Clear();
        for (int row = first; row < last; row++)
        {
            nint at = (((nint)task * Rows) + row) * Width;
            float* x = X + ((nint)row * Width);
            float mean = Mean == null ? 0f : Mean[row], inverse = Inverse[row];
            if (sums != null) ColumnSums.Add(G + at, x, mean, inverse, Width, sums, sums + Width);
            if (Dx != null) Input(G + at, x, mean, inverse, Dx + at);
        }
    }

    private readonly void Input(float* g, float* x, float mean, float inverse, float* dx)
    {
        int lanes = Vector<float>.Count, i = 0;
        Vector<float> sum = default, dot = default, center = new(mean);
        for (; i + lanes <= Width; i += lanes)
        {
            Vector<float> h = Gamma == null ? Vector.Load(g + i) : Vector.Load(g + i) * Vector.Load(Gamma + i);
            sum += h;
            dot = VectorMath.Fma(h, (Vector.Load(x + i) - center) * inverse, dot);
        }

        float meanOfH = Vector.Sum(sum), meanOfProduct = Vector.Sum(dot);
        for (; i < Width; i++)
        {
            float h = Gamma == null ? g[i] : g[i] * Gamma[i];
            meanOfH += h;
            meanOfProduct += h * ((x[i] - mean) * inverse);
        }

        meanOfH = Mean == null ? 0f : meanOfH / Width;
        meanOfProduct /= Width;
        Vector<float> offset = new(meanOfH);
        for (i = 0; i + lanes <= Width; i += lanes)
        {
            Vector<float> h = Gamma == null ? Vector.Load(g + i) : Vector.Load(g + i) * Vector.Load(Gamma + i);
            Vector<float> normal = (Vector.Load(x + i) - center) * inverse;
            ((h - offset - (normal * meanOfProduct)) * inverse).Store(dx + i);
        }

        for (; i < Width; i++)
        {
            float h = Gamma == null ? g[i] : g[i] * Gamma[i];
            dx[i] = (h - meanOfH - ((x[i] - mean) * inverse * meanOfProduct)) * inverse;
        }
    }
}
