using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>A function that is given by the register, register by register.</summary>
internal unsafe struct ActivationRows<TFunction> : IActivationRows
    where TFunction : struct, IActivation
{
    /// <inheritdoc/>
    public static void Run(float* x, float* y, int length)
    {
        int lanes = Vector<float>.Count, i = 0;
        for (; i + lanes <= length; i += lanes) TFunction.Value(Vector.Load(x + i)).Store(y + i);
        if (i < length) VectorMath.StoreFirst(TFunction.Value(VectorMath.LoadFirst(x + i, length - i)), y + i, length - i);
    }

    /// <inheritdoc/>
    public static void Backward(float* x, float* g, float* dx, int length)
    {
        int lanes = Vector<float>.Count, i = 0;
        for (; i + lanes <= length; i += lanes) TFunction.Backward(Vector.Load(x + i), Vector.Load(g + i)).Store(dx + i);
        if (i == length) return;
        Vector<float> tail = TFunction.Backward(VectorMath.LoadFirst(x + i, length - i), VectorMath.LoadFirst(g + i, length - i));
        VectorMath.StoreFirst(tail, dx + i, length - i);
    }
}
