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

    /// <summary>For a table whose rows are trained only where a step touches them; null for a value trained as a whole.</summary>
    public RowWindow? Window { get; private set; }

    /// <summary>The leaf that a step in progress looks at and moves.</summary>
    internal Tensor Leaf => Window is { IsActive: true } window ? window.Values : Value;

    /// <summary>Trains rows only where a step touches them.</summary>
    internal void TrainRows() => Window ??= new RowWindow(this);
}
