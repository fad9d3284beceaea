using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>A function of two variables on registers and, for what is left over, on single floats.</summary>
internal interface IBinaryFunction
{
    /// <summary>f(a, b) lane by lane.</summary>
    static abstract Vector<float> Apply(Vector<float> a, Vector<float> b);

    /// <summary>f(a, b).</summary>
    static abstract float Apply(float a, float b);
}
