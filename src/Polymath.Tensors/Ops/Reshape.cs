namespace Polymath.Tensors.Ops;

/// <summary>The same elements under another shape, without a copy.</summary>
internal sealed class Reshape : Op
{
    public static readonly Reshape Rule = new();

    public override string Name => "Reshape";

    public static Tensor Forward(Tensor input, in Shape shape)
    {
        Node x = input.Node;
        if (x.Shape == shape) return input;
        if (x.Shape.Length != shape.Length) throw new TensorException($"Reshape: shape {x.Shape} has {x.Shape.Length} elements, {shape} has {shape.Length}.");
        return Tensor.Record(Rule, Tensor.ViewOf(x, 0, shape), x);
    }

    /// <summary>Resolves one -1 among the lengths.</summary>
    public static Shape Resolve(in Shape from, ReadOnlySpan<int> lengths)
    {
        int unknown = lengths.IndexOf(-1);
        if (unknown < 0) return new Shape(lengths);
        Span<int> axes = stackalloc int[lengths.Length];
        lengths.CopyTo(axes);
        axes[unknown] = 1;
        int known = new Shape(axes).Length;
        if (known == 0 || from.Length % known != 0) throw new TensorException($"Reshape: the axis -1 cannot be inferred, {from.Length} elements of {from} do not divide by {known}.");
        axes[unknown] = from.Length / known;
        return new Shape(axes);
    }

    public override void Backward(in Vjp vjp) => vjp.Give(0, vjp.Gradient.Reshape(vjp.Node.Inputs[0].Shape.Prepend(vjp.Tasks)));
}
