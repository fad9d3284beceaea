namespace Polymath.Tensors;

/// <summary>An element-wise nonlinearity.</summary>
public enum Activation
{
    /// <summary>x.</summary>
    Identity,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>x Phi(x), exact.</summary>
    Gelu,

    /// <summary>x Phi(x) by the tanh approximation.</summary>
    GeluTanh,

    /// <summary>x sigmoid(x).</summary>
    Silu,

    /// <summary>1 / (1 + e^-x).</summary>
    Sigmoid,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh,
}
