namespace Polymath.Tensors;

/// <summary>The members of the spherical family that have a name; see <see cref="SphericalForm"/>.</summary>
public enum SphericalKind
{
    /// <summary>Squared distance from the one-hot target.</summary>
    SquaredError,

    /// <summary>Softplus of the standardised target output, invariant to shift and scale.</summary>
    Z,

    /// <summary>Softmax with e^o replaced by its second Taylor polynomial.</summary>
    LogTaylorSoftmax,

    /// <summary>Softmax with e^o replaced by o^2.</summary>
    LogSphericalSoftmax,
}
