using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>The activation functions, each forward rule next to its backward rule.</summary>
internal static class ActivationFunction
{
    private const float TanhScale = 0.79788456f, TanhCubic = 0.044715f;

    /// <summary>max(x, 0); the derivative at 0 is 0.</summary>
    internal struct Relu : IActivation
    {
        /// <inheritdoc/>
        public static Vector<float> Value(Vector<float> x) => Vector.Max(x, default);

        /// <inheritdoc/>
        public static Vector<float> Backward(Vector<float> x, Vector<float> g) => Vector.ConditionalSelect(Vector.GreaterThan(x, default), g, default);
    }

    /// <summary>
    /// x (1 + tanh u) / 2, u = sqrt(2 / pi) (x + 0.044715 x^3): the approximation of the GELU paper, computed as x sigmoid(2 u),
    /// which does not cancel for negative x.
    /// </summary>
    internal struct GeluTanh : IActivation
    {
        /// <inheritdoc/>
        public static Vector<float> Value(Vector<float> x) => x * VectorMath.Sigmoid(TwiceInner(x));

        /// <summary>f' = s + x s (1 - s) 2 u', 2 u' = 2 sqrt(2 / pi) (1 + 3 * 0.044715 x^2); s (1 - s) = e / (1 + e)^2 with e = e^-|2u|.</summary>
        public static Vector<float> Backward(Vector<float> x, Vector<float> g)
        {
            Vector<float> u = TwiceInner(x), e = VectorMath.Exp(-Vector.Abs(u)), high = Vector<float>.One / (Vector<float>.One + e), low = e * high;
            Vector<float> s = Vector.ConditionalSelect(Vector.LessThan(u, default), low, high);
            Vector<float> slope = VectorMath.Fma(x * x, new Vector<float>(3f * TanhCubic), Vector<float>.One) * (2f * TanhScale);
            return g * VectorMath.Fma(x * slope, high * low, s);
        }

        private static Vector<float> TwiceInner(Vector<float> x) => x * (2f * TanhScale) * VectorMath.Fma(x * x, new Vector<float>(TanhCubic), Vector<float>.One);
    }

    /// <summary>x sigmoid(x).</summary>
    internal struct Silu : IActivation
    {
        /// <inheritdoc/>
        public static Vector<float> Value(Vector<float> x) => x * VectorMath.Sigmoid(x);

        /// <summary>f' = s (1 + x (1 - s)).</summary>
        public static Vector<float> Backward(Vector<float> x, Vector<float> g)
        {
            Vector<float> s = VectorMath.Sigmoid(x);
            return g * s * VectorMath.Fma(x, Vector<float>.One - s, Vector<float>.One);
        }
    }

    /// <summary>log(1 + e^x) as max(x, 0) + log(1 + e^-|x|), which neither overflows nor cancels.</summary>
    internal struct Softplus : IActivation
    {
        /// <inheritdoc/>
        public static Vector<float> Value(Vector<float> x) => Vector.Max(x, default) + VectorMath.LogOnePlus(VectorMath.Exp(-Vector.Abs(x)));

        /// <inheritdoc/>
        public static Vector<float> Backward(Vector<float> x, Vector<float> g) => g * VectorMath.Sigmoid(x);
    }

    /// <summary>1 / (1 + e^-x); the backward takes the output s: s (1 - s).</summary>
    internal struct Sigmoid : IActivation
    {
        /// <inheritdoc/>
        public static Vector<float> Value(Vector<float> x) => VectorMath.Sigmoid(x);

        /// <inheritdoc/>
        public static Vector<float> Backward(Vector<float> x, Vector<float> g) => g * x * (Vector<float>.One - x);
    }

    /// <summary>The backward of tanh from its output t: 1 - t^2. The forward is the library's own.</summary>
    internal struct Tanh : IActivation
    {
        /// <inheritdoc/>
        public static Vector<float> Value(Vector<float> x) => VectorMath.Tanh(x);

        /// <inheritdoc/>
        public static Vector<float> Backward(Vector<float> x, Vector<float> g) => g * (Vector<float>.One - (x * x));
    }

    /// <summary>The error function; f' = 2 / sqrt(pi) e^(-x^2).</summary>
    internal struct Erf : IActivation
    {
        /// <inheritdoc/>
        public static Vector<float> Value(Vector<float> x) => VectorMath.Erf(x);

        /// <inheritdoc/>
        public static Vector<float> Backward(Vector<float> x, Vector<float> g) => g * 1.12837917f * VectorMath.Exp(-(x * x));
    }
}
