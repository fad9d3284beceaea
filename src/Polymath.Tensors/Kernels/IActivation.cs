using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>A function of one variable and its derivative rule, side by side.</summary>
internal interface IActivation
{
    /// <summary>f(x).</summary>
    static abstract Vector<float> Value(Vector<float> x);

    /// <summary>g f'(x).</summary>
    static abstract Vector<float> Backward(Vector<float> x, Vector<float> g);
}
