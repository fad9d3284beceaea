namespace Polymath.Tensors.Kernels;

// Backward kernels: dx[i] = g[i] f'(x[i % period]), so that a cotangent stacked over K tasks (length = K * period) goes
// through in one call.
internal static unsafe partial class Elementwise
{
    /// <summary>y = max(x, 0).</summary>
    public static void Relu(float* x, float* y, int length) => Apply<ActivationFunction.Relu>(x, y, length);

    /// <summary>dx = g where x is positive, else 0.</summary>
    public static void ReluBackward(float* x, float* g, float* dx, int length, int period) => Backward<ActivationFunction.Relu>(x, g, dx, length, period);

    /// <summary>y = x Phi(x).</summary>
    public static void GeluExact(float* x, float* y, int length) => ApplyRows<GeluRows>(x, y, length);

    /// <summary>dx = g (Phi(x) + x phi(x)).</summary>
    public static void GeluExactBackward(float* x, float* g, float* dx, int length, int period) => BackwardRows<GeluRows>(x, g, dx, length, period);

    /// <summary>y = GELU in its tanh approximation.</summary>
    public static void GeluTanh(float* x, float* y, int length) => Apply<ActivationFunction.GeluTanh>(x, y, length);

    /// <summary>dx = g times the derivative of the tanh approximation.</summary>
    public static void GeluTanhBackward(float* x, float* g, float* dx, int length, int period) => Backward<ActivationFunction.GeluTanh>(x, g, dx, length, period);

    /// <summary>y = x sigmoid(x).</summary>
    public static void Silu(float* x, float* y, int length) => Apply<ActivationFunction.Silu>(x, y, length);

    /// <summary>dx = g s (1 + x (1 - s)).</summary>
    public static void SiluBackward(float* x, float* g, float* dx, int length, int period) => Backward<ActivationFunction.Silu>(x, g, dx, length, period);

    /// <summary>y = log(1 + e^x).</summary>
    public static void Softplus(float* x, float* y, int length) => Apply<ActivationFunction.Softplus>(x, y, length);

    /// <summary>dx = g sigmoid(x).</summary>
    public static void SoftplusBackward(float* x, float* g, float* dx, int length, int period) => Backward<ActivationFunction.Softplus>(x, g, dx, length, period);

    /// <summary>y = 1 / (1 + e^-x).</summary>
    public static void Sigmoid(float* x, float* y, int length) => Apply<ActivationFunction.Sigmoid>(x, y, length);

    /// <summary>dx = g y (1 - y) from the forward's output y.</summary>
    public static void SigmoidBackward(float* y, float* g, float* dx, int length, int period) => Backward<ActivationFunction.Sigmoid>(y, g, dx, length, period);

    /// <summary>dx = g (1 - y^2) from the forward's output y.</summary>
    public static void TanhBackward(float* y, float* g, float* dx, int length, int period) => Backward<ActivationFunction.Tanh>(y, g, dx, length, period);

    /// <summary>y = erf(x), within 2e-7 absolute.</summary>
    public static void Erf(float* x, float* y, int length) => Apply<ActivationFunction.Erf>(x, y, length);

    /// <summary>dx = g 2 / sqrt(pi) e^(-x^2).</summary>
    public static void ErfBackward(float* x, float* g, float* dx, int length, int period) => Backward<ActivationFunction.Erf>(x, g, dx, length, period);

    private static void Apply<TFunction>(float* x, float* y, int length)
        where TFunction : struct, IActivation
        => ApplyRows<ActivationRows<TFunction>>(x, y, length);

    private static void Backward<TFunction>(float* x, float* g, float* dx, int length, int period)
        where TFunction : struct, IActivation
        => BackwardRows<ActivationRows<TFunction>>(x, g, dx, length, period);

    private static void ApplyRows<TRows>(float* x, float* y, int length)
        where TRows : struct, IActivationRows
    {
        var body = new ActivationBody<TRows> { X = x, Y = y, Length = length };
        Workers.For(Chunks(length), ref body);
    }

    private static void BackwardRows<TRows>(float* x, float* g, float* dx, int length, int period)
        where TRows : struct, IActivationRows
    {
        var body = new ActivationBackwardBody<TRows> { X = x, G = g, Dx = dx, Length = length, Period = period };
        Workers.For(Chunks(length), ref body);
    }

    private struct ActivationBody<TRows> : IBody
        where TRows : struct, IActivationRows
    {
        public float* X, Y;
        public int Length;

        public readonly void Run(int chunk)
        {
            int start = chunk * Grain;
            TRows.Run(X + start, Y + start, Math.Min(Grain, Length - start));
        }
    }

    private struct ActivationBackwardBody<TRows> : IBody
        where TRows : struct, IActivationRows
    {
        public float* X, G, Dx;
        public int Length, Period;

        public readonly void Run(int chunk)
        {
            int start = chunk * Grain, end = Math.Min(start + Grain, Length);
            while (start < end)
            {
                int phase = start % Period, count = Math.Min(Period - phase, end - start);
                TRows.Backward(X + phase, G + start, Dx + start, count);
                start += count;
            }
        }
    }
}
