using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>
/// Batch normalisation over the rows of <c>[Rows, Width]</c>: statistics, normalisation and gradients, each one pass over memory in blocks of rows
/// that the shape alone determines. The variance joins the blocks' own by Chan, Golub and LeVeque (1979), so a large mean does not spoil it.
/// </summary>
internal unsafe struct BatchNormColumns : IBody
{
    private enum Pass
    {
        Statistics,
        Normalise,
        Sums,
        Input,
    }

    /// <summary>The input; its statistics, <c>[Width]</c>.</summary>
    public float* X, Mean, Inverse;

    /// <summary>Scale and shift, <c>[Width]</c>.</summary>
    public float* Gamma, Beta;

    public int Rows, Width;
    private Pass _pass;
    private int _block, _blocks, _tasks;
    private float* _partial, _g, _y, _sums, _products;

    /// <summary>Fills the mean and <paramref name="variance"/> (biased) of each column.</summary>
    public void Statistics(float* variance)
    {
        Split(1);
        _partial = Scratch.Get<float>(Scratch.Slot.Partial, (nint)_blocks * 2 * Width);
        Go(Pass.Statistics);
        double* means = Scratch.Get<double>(Scratch.Slot.Left, 2 * Width), squares = means + Width;
        new Span<double>(means, 2 * Width).Clear();
        for (int b = 0; b < _blocks; b++) ColumnSums.AddScaled(_partial + ((nint)b * 2 * Width), (double)Count(b) / Rows, Width, means);
        for (int b = 0; b < _blocks; b++) ColumnSums.AddDeviation(_partial + ((nint)b * 2 * Width), means, Count(b), Width, squares);
        for (int j = 0; j < Width; j++)
        {
            Mean[j] = (float)means[j];
            variance[j] = (float)(squares[j] / Rows);
        }
    }

    /// <summary>y = (x - mean) inverse gamma + beta.</summary>
    public void Normalise(float* y)
    {
        Split(1);
        _y = y;
        Go(Pass.Normalise);
    }

    /// <summary>sums = sum g and products = sum g n over the rows of each task, n = (x - mean) inverse; <c>[tasks, Width]</c>.</summary>
    public void Sums(float* g, int tasks, float* sums, float* products)
    {
        Split(tasks);
        _g = g;
        _partial = Scratch.Get<float>(Scratch.Slot.Partial, (nint)tasks * _blocks * 2 * Width);
        Go(Pass.Sums);
        for (int task = 0; task < tasks; task++)
        {
            float* partial = _partial + ((nint)task * _blocks * 2 * Width);
            ColumnSums.Combine(partial, 2 * Width, _blocks, Width, sums + ((nint)task * Width));
            ColumnSums.Combine(partial + Width, 2 * Width, _blocks, Width, products + ((nint)task * Width));
        }
    }

    /// <summary>dx = gamma inverse (g - mean(g) - n mean(g n)) for each task.</summary>
    public void Input(float* g, int tasks, float* sums, float* products, float* dx)
    {
        Split(tasks);
        _g = g;
        _sums = sums;
        _products = products;
        _y = dx;
        Go(Pass.Input);
    }

    /// <inheritdoc/>
    public readonly void Run(int chunk)
    {
        int task = chunk / _blocks, block = chunk % _blocks, first = block * _block, rows = Count(block);
        float* x = X + ((nint)first * Width), partial = _partial + ((nint)chunk * 2 * Width);
        nint at = (((nint)task * Rows) + first) * Width;
        switch (_pass)
        {
            case Pass.Statistics:
                new Span<float>(partial, 2 * Width).Clear();
                for (int r = 0; r < rows; r++) ColumnSums.Add(x + ((nint)r * Width), Width, partial);
                RowMath.Scale(partial, 1f / rows, partial, Width);
                for (int r = 0; r < rows; r++) ColumnSums.AddSquares(x + ((nint)r * Width), partial, Width, partial + Width);
                break;
            case Pass.Normalise:
                for (int r = 0; r < rows; r++) NormaliseRow(x + ((nint)r * Width), _y + at + ((nint)r * Width));
                break;
            case Pass.Sums:
                new Span<float>(partial, 2 * Width).Clear();
                for (int r = 0; r < rows; r++) ColumnSums.Add(_g + at + ((nint)r * Width), x + ((nint)r * Width), Mean, Inverse, Width, partial, partial + Width);
                break;
            default:
                for (int r = 0; r < rows; r++) InputRow(task, _g + at + ((nint)r * Width), x + ((nint)r * Width), _y + at + ((nint)r * Width));
                break;
        }
    }

    private void Split(int tasks)
    {
        _tasks = tasks;
        _block = RowNormBackward.BlockOf(Width);
        _blocks = Rows == 0 ? 0 : ((Rows - 1) / _block) + 1;
    }

    private void Go(Pass pass)
    {
        _pass = pass;
        if (Width > 0) Workers.For(_tasks * _blocks, ref this);
    }

    private readonly int Count(int block) => Math.Min(_block, Rows - (block * _block));

    private readonly void NormaliseRow(float* x, float* y)
    {
        int lanes = Vector<float>.Count, j = 0;
        for (; j + lanes <= Width; j += lanes) VectorMath.Fma((Vector.Load(x + j) - Vector.Load(Mean + j)) * Vector.Load(Inverse + j), Vector.Load(Gamma + j), Vector.Load(Beta + j)).Store(y + j);
        for (; j < Width; j++) y[j] = ((x[j] - Mean[j]) * Inverse[j] * Gamma[j]) + Beta[j];
    }

    private readonly void InputRow(int task, float* g, float* x, float* dx)
    {
        float* sums = _sums + ((nint)task * Width), products = _products + ((nint)task * Width);
        float share = 1f / Rows;
        int lanes = Vector<float>.Count, j = 0;
        for (; j + lanes <= Width; j += lanes)
        {
            Vector<float> inverse = Vector.Load(Inverse + j), normal = (Vector.Load(x + j) - Vector.Load(Mean + j)) * inverse;
            Vector<float> inner = Vector.Load(g + j) - (Vector.Load(sums + j) * share) - (normal * (Vector.Load(products + j) * share));
            (inner * (inverse * Vector.Load(Gamma + j))).Store(dx + j);
        }

        for (; j < Width; j++)
        {
            float normal = (x[j] - Mean[j]) * Inverse[j];
            dx[j] = (g[j] - (sums[j] * share) - (normal * (products[j] * share))) * (Inverse[j] * Gamma[j]);
        }
    }
}
