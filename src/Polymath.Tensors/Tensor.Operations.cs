using Polymath.Tensors.Ops;

namespace Polymath.Tensors;

public readonly partial struct Tensor
{
    /// <summary>e^x.</summary>
    public Tensor Exp() => Ops.Exp.Rule.Forward(this);

    /// <summary>Natural logarithm.</summary>
    public Tensor Log() => Ops.Log.Rule.Forward(this);

    /// <summary>Square root.</summary>
    public Tensor Sqrt() => Ops.Sqrt.Rule.Forward(this);

    /// <summary>x to a fixed power.</summary>
    public Tensor Pow(float exponent) => Power.Rule.Forward(this, exponent);

    /// <summary>x to the power of another tensor, element-wise with broadcasting; x must be positive for the exponent's gradient.</summary>
    public Tensor Pow(Tensor exponent) => Arithmetic.Apply(TensorPower.Rule, Kernels.BinaryKind.Power, this, exponent);

    /// <summary>Sine of radians.</summary>
    public Tensor Sin() => Ops.Sin.Rule.Forward(this);

    /// <summary>Cosine of radians.</summary>
    public Tensor Cos() => Ops.Cos.Rule.Forward(this);

    /// <summary>|x|; gradient 0 at 0.</summary>
    public Tensor Abs() => Ops.Abs.Rule.Forward(this);

    /// <summary>x limited to [<paramref name="low"/>, <paramref name="high"/>]; gradient 1 inside and on the limits.</summary>
    public Tensor Clamp(float low, float high) => Ops.Clamp.Forward(this, low, high);

    /// <summary>max(x, 0).</summary>
    public Tensor Relu() => Ops.Relu.Rule.Forward(this);

    /// <summary>x Phi(x), exact (erf) or by the tanh approximation (Hendrycks and Gimpel 2016).</summary>
    public Tensor Gelu(bool approximate = false) => approximate ? GeluTanh.Rule.Forward(this) : Ops.Gelu.Rule.Forward(this);

    /// <summary>x sigmoid(x), also called swish.</summary>
    public Tensor Silu() => Ops.Silu.Rule.Forward(this);

    /// <summary>1 / (1 + e^-x).</summary>
    public Tensor Sigmoid() => Ops.Sigmoid.Rule.Forward(this);

    /// <summary>Hyperbolic tangent.</summary>
    public Tensor Tanh() => Ops.Tanh.Rule.Forward(this);

    /// <summary>ln(1 + e^x), without overflow.</summary>
    public Tensor Softplus() => Ops.Softplus.Rule.Forward(this);

    /// <summary>The error function.</summary>
    public Tensor Erf() => Ops.Erf.Rule.Forward(this);

    /// <summary>f(x) for a named activation.</summary>
    /// <param name="activation">f.</param>
    public Tensor Apply(Activation activation) => activation switch
    {
        Activation.Identity => this,
        Activation.Relu => Relu(),
        Activation.Gelu => Gelu(),
        Activation.GeluTanh => Gelu(approximate: true),
        Activation.Silu => Silu(),
        Activation.Sigmoid => Sigmoid(),
        Activation.Tanh => Tanh(),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "expected a named activation."),
    };

    /// <summary>Matrix product over the last two axes; leading axes broadcast.</summary>
    /// <param name="other">Shape <c>[..., k, n]</c> (or <c>[..., n, k]</c> when transposed).</param>
    /// <param name="transposeLeft">Use this tensor's last two axes swapped, without a copy.</param>
    /// <param name="transposeRight">Use the other's last two axes swapped, without a copy.</param>
    public Tensor MatMul(Tensor other, bool transposeLeft = false, bool transposeRight = false) => Ops.MatMul.Forward(this, other, transposeLeft, transposeRight);

    /// <summary>Sum of all elements.</summary>
    public Tensor Sum() => Ops.Sum.Forward(Reshape(Shape.Length), 0, keepAxis: false);

    /// <summary>Sum over one axis.</summary>
    public Tensor Sum(int axis, bool keepAxis = false) => Ops.Sum.Forward(this, axis, keepAxis);

    /// <summary>Sum over several axes.</summary>
    public Tensor Sum(ReadOnlySpan<int> axes, bool keepAxes = false)
    {
        Span<int> sorted = stackalloc int[axes.Length];
        for (int i = 0; i < axes.Length; i++) sorted[i] = Axes.Normalize(Shape, axes[i], "Sum");
        sorted.Sort();
        Tensor result = this;
        for (int i = sorted.Length - 1; i >= 0; i--)
        {
            if (i > 0 && sorted[i] == sorted[i - 1]) throw new TensorException($"Sum: axis {sorted[i]} of shape {Shape} is named twice.");
            result = result.Sum(sorted[i], keepAxes);
        }

        return result;
    }

    /// <summary>Running sum along one axis: y[i] = x[0] + ... + x[i].</summary>
    public Tensor CumulativeSum(int axis) => Ops.CumulativeSum.Forward(this, axis, reverse: false);

    /// <summary>Mean of all elements.</summary>
    public Tensor Mean() => Sum() * (1f / Shape.Length);

    /// <summary>Mean over one axis.</summary>
    public Tensor Mean(int axis, bool keepAxis = false)
    {
        int at = Axes.Normalize(Shape, axis, "Mean");
        return Sum(at, keepAxis) * (1f / Shape[at]);
    }

    /// <summary>Mean over several axes.</summary>
    public Tensor Mean(ReadOnlySpan<int> axes, bool keepAxes = false)
    {
        int count = 1;
        foreach (int axis in axes) count *= Shape[Axes.Normalize(Shape, axis, "Mean")];
        return Sum(axes, keepAxes) * (1f / count);
    }

    /// <summary>Largest element over one axis.</summary>
    public Tensor Max(int axis, bool keepAxis = false) => Ops.Max.Forward(this, axis, keepAxis);

    /// <summary>Largest element.</summary>
    public Tensor Max() => Reshape(Shape.Length).Max(0);

    /// <summary>Smallest element over one axis.</summary>
    public Tensor Min(int axis, bool keepAxis = false) => -(-this).Max(axis, keepAxis);

    /// <summary>Index of the first largest element over one axis.</summary>
    public IndexTensor ArgMax(int axis) => Ops.Max.ArgMax(this, axis);

    /// <summary>ln of the sum of e^x over one axis, without overflow.</summary>
    public Tensor LogSumExp(int axis, bool keepAxis = false)
    {
        int at = Axes.Normalize(Shape, axis, "LogSumExp");
        Tensor result = at == Shape.Rank - 1 ? Ops.LogSumExp.Forward(this) : Ops.LogSumExp.Forward(Transpose(at, -1)).Transpose(at, -1);
        return keepAxis ? result : result.Reshape(Shape.Without(at));
    }

    /// <summary>e^x / sum e^x over one axis.</summary>
    public Tensor Softmax(int axis = -1)
        => Axes.Normalize(Shape, axis, "Softmax") == Shape.Rank - 1 ? Ops.Softmax.Forward(this) : Ops.Softmax.Forward(Transpose(axis, -1)).Transpose(axis, -1);

    /// <summary>ln softmax over one axis.</summary>
    public Tensor LogSoftmax(int axis = -1)
        => Axes.Normalize(Shape, axis, "LogSoftmax") == Shape.Rank - 1 ? Ops.LogSoftmax.Forward(this) : Ops.LogSoftmax.Forward(Transpose(axis, -1)).Transpose(axis, -1);
}
