using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>A trained tensor of a module.</summary>
public sealed class Parameter
{
    internal Parameter(Tensor value) => Value = value;

    /// <summary>The value; a leaf of the tape. It stays the same handle for the life of the module.</summary>
    public Tensor Value { get; }

    /// <summary>The axis lengths.</summary>
    public Shape Shape => Value.Shape;

    /// <summary>False to keep the value fixed.</summary>
    public bool Trainable { get; set; } = true;
}
