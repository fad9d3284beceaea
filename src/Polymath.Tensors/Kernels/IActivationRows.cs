namespace Polymath.Tensors.Kernels;

/// <summary>A function of one variable and its derivative rule, on many values in a row.</summary>
internal unsafe interface IActivationRows
{
    /// <summary>y = f(x); y may be x.</summary>
    static abstract void Run(float* x, float* y, int length);

    /// <summary>dx = g f'(x); dx may be g.</summary>
    static abstract void Backward(float* x, float* g, float* dx, int length);
}
