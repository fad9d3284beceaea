using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>
/// -sum t ln softmax(x) of rows of logits, t = w (s / classes + (1 - s) [c = y]), and its gradient T softmax(x) - t with T = sum t. Rows are
/// taken in blocks whose exponentials form one run, so that few classes are as fast per element as many. A label that is NaN gives 0.
/// </summary>
internal unsafe struct CrossEntropyRows : IBody
{
    private const int BlockLength = 1024;

    /// <summary>Logits <c>[Rows, Classes]</c> and labels <c>[Rows]</c>.</summary>
    public float* X, Labels;

    /// <summary>Class weights <c>[Classes]</c>, or null for ones.</summary>
    public float* Weights;

    /// <summary>Of each row, kept for the backward, <c>[Rows]</c>: the largest logit, and the logarithm of sum e^(x - largest).</summary>
    public float* Largest, Log;

    /// <summary>Values <c>[Rows]</c>; or, with a cotangent <c>[Tasks, Rows]</c>, gradients <c>[Tasks, Rows, Classes]</c>.</summary>
    public float* Y;

    public float* Gradient;
    public float Smoothing;
    public int Rows, Classes, Tasks;
    private int _block;
    private float _weightSum;

    /// <summary>Computes all of <see cref="Y"/>.</summary>
    public void Run()
    {
        if (Rows == 0) return;
        _weightSum = Weights == null ? Classes : (float)DoubleSum.Sum(Weights, Classes);
        _block = Math.Max(1, BlockLength / Classes);
        Workers.For(((Rows - 1) / _block) + 1, ref this);
    }

    /// <inheritdoc/>
    public readonly void Run(int chunk)
    {
        int first = chunk * _block, last = Math.Min(Rows, first + _block), length = (last - first) * Classes;
        float* terms = Scratch.Get<float>(Scratch.Slot.Left, length + Vector<float>.Count);
        for (int r = first; r < last; r++)
        {
            float* x = X + ((nint)r * Classes), term = terms + ((nint)(r - first) * Classes);
            if (Gradient == null) Largest[r] = Max(x);
            Shift(x, Largest[r], Gradient == null ? 0f : Log[r], term);
        }

        new Span<float>(terms + length, Vector<float>.Count).Clear();
        for (int i = 0; i < length; i += Vector<float>.Count) VectorMath.Exp(Vector.Load(terms + i)).Store(terms + i);
        for (int r = first; r < last; r++)
        {
            float* term = terms + ((nint)(r - first) * Classes);
            if (Gradient == null) Value(r, term);
            else Spread(r, term);
        }
    }

    private readonly float Max(float* x)
    {
        if (Classes >= Vector<float>.Count) return RowMath.Max(x, Classes);
        float max = x[0];
        for (int c = 1; c < Classes; c++) max = float.MaxNative(x[c], max);
        return max;
    }

    private readonly void Shift(float* x, float largest, float log, float* y)
    {
        int lanes = Vector<float>.Count, c = 0;
        Vector<float> first = new(largest), second = new(log);
        for (; c + lanes <= Classes; c += lanes) (Vector.Load(x + c) - first - second).Store(y + c);
        for (; c < Classes; c++) y[c] = x[c] - largest - log;
    }

    private readonly void Value(int row, float* terms)
    {
        float* x = X + ((nint)row * Classes);
        Log[row] = MathF.Log(RowMath.Sum(terms, Classes));
        if (float.IsNaN(Labels[row]))
        {
            Y[row] = 0f;
            return;
        }

        int label = (int)Labels[row];
        float chosen = (1f - Smoothing) * (Weights == null ? 1f : Weights[label]), value = chosen * (Log[row] - (x[label] - Largest[row]));
        if (Smoothing > 0f)
        {
            float spread = 0f;
            for (int c = 0; c < Classes; c++) spread += (Weights == null ? 1f : Weights[c]) * (Log[row] - (x[c] - Largest[row]));
            value += Smoothing / Classes * spread;
        }

        Y[row] = value;
    }

    /// <summary>The row's gradient, then times the cotangent of each task.</summary>
    private readonly void Spread(int row, float* terms)
    {
        bool observed = !float.IsNaN(Labels[row]);
        if (observed)
        {
            int label = (int)Labels[row];
            float chosen = (1f - Smoothing) * (Weights == null ? 1f : Weights[label]), share = Smoothing / Classes, total = chosen + (share * _weightSum);
            if (total != 1f) RowMath.Scale(terms, total, terms, Classes);
            if (share > 0f)
            {
                for (int c = 0; c < Classes; c++) terms[c] -= share * (Weights == null ? 1f : Weights[c]);
            }

            terms[label] -= chosen;
        }

        for (int k = 0; k < Tasks; k++)
        {
            nint at = ((nint)k * Rows) + row;
            if (observed) RowMath.Scale(terms, Gradient[at], Y + (at * Classes), Classes);
            else new Span<float>(Y + (at * Classes), Classes).Clear();
        }
    }
}
