using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>
/// w q softplus(-x) + (1 - q) softplus(x) of logits x and labels y, q = y (1 - s) + s / 2, and its derivative
/// (1 - q) sigmoid(x) - w q sigmoid(-x). Both come from e^-|x|, so neither end of the logits loses its digits. A label that is NaN gives 0.
/// </summary>
internal unsafe struct BinaryCrossEntropyRows : IBody
{
    private const int Grain = 8 * 1024;

    /// <summary>Logits and labels, <c>[Length]</c>.</summary>
    public float* X, Labels;

    /// <summary>Values <c>[Length]</c>; or, with a cotangent <c>[Tasks, Length]</c>, gradients of that shape.</summary>
    public float* Y;

    public float* Gradient;
    public float PositiveWeight, Smoothing;
    public int Length, Tasks;

    /// <summary>Computes all of <see cref="Y"/>.</summary>
    public void Run()
    {
        if (Length > 0) Workers.For(((Length - 1) / Grain) + 1, ref this);
    }

    /// <inheritdoc/>
    public readonly void Run(int chunk)
    {
        int i = chunk * Grain, end = Math.Min(Length, i + Grain), lanes = Vector<float>.Count;
        for (; i + lanes <= end; i += lanes)
        {
            Vector<float> result = At(Vector.Load(X + i), Vector.Load(Labels + i));
            if (Gradient == null) result.Store(Y + i);
            else for (int k = 0; k < Tasks; k++) (result * Vector.Load(Gradient + ((nint)k * Length) + i)).Store(Y + ((nint)k * Length) + i);
        }

        if (i == end) return;
        int rest = end - i;
        Vector<float> last = At(VectorMath.LoadFirst(X + i, rest), VectorMath.LoadFirst(Labels + i, rest));
        if (Gradient == null) VectorMath.StoreFirst(last, Y + i, rest);
        else for (int k = 0; k < Tasks; k++) VectorMath.StoreFirst(last * VectorMath.LoadFirst(Gradient + ((nint)k * Length) + i, rest), Y + ((nint)k * Length) + i, rest);
    }

    private readonly Vector<float> At(Vector<float> x, Vector<float> label)
    {
        Vector<float> q = VectorMath.Fma(label, new Vector<float>(1f - Smoothing), new Vector<float>(Smoothing / 2f));
        Vector<float> positive = q * PositiveWeight, negative = Vector<float>.One - q, small = VectorMath.Exp(-Vector.Abs(x)), result;
        if (Gradient == null)
        {
            Vector<float> log = VectorMath.LogOnePlus(small), zero = Vector<float>.Zero;
            result = (positive * (Vector.Max(-x, zero) + log)) + (negative * (Vector.Max(x, zero) + log));
        }
        else
        {
            Vector<float> near = Vector<float>.One / (Vector<float>.One + small), far = small * near;
            Vector<int> above = Vector.GreaterThanOrEqual(x, Vector<float>.Zero);
            result = (negative * Vector.ConditionalSelect(above, near, far)) - (positive * Vector.ConditionalSelect(above, far, near));
        }

        return Vector.ConditionalSelect(Vector.Equals(label, label), result, Vector<float>.Zero);
    }
}
