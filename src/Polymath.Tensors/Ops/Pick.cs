namespace Polymath.Tensors.Ops;

/// <summary>One element of the last axis per row, chosen by index: y[i] = x[i, index[i]]; dx is g at the chosen places.</summary>
internal sealed class Pick : Op
{
    public static readonly Pick Rule = new();

    public override string Name => "Pick";

    public static Tensor Forward(Tensor input, IndexTensor indices)
    {
        Node x = input.Node;
        int width = x.Shape[-1];
        if (x.Shape.Without(-1) != indices.Shape) throw new TensorException($"Pick: found indices {indices.Shape} for input {x.Shape}, expected {x.Shape.Without(-1)}.");
        indices.RequireBelow(width, "Pick");
        Node y = Tensor.Allocate(indices.Shape);
        ReadOnlySpan<float> from = x.Span;
        ReadOnlySpan<int> index = indices.Span;
        Span<float> to = y.Span;
        for (int i = 0; i < to.Length; i++) to[i] = from[(i * width) + index[i]];
        y.Indices = indices;
        return Tensor.Record(Rule, y, x);
    }

    public override void Backward(in Vjp vjp)
    {
        Shape x = vjp.Node.Inputs[0].Shape;
        Tensor chosen = OneHot.Along(vjp.Node.Indices!, x.Rank - 1, x);
        vjp.Give(0, vjp.Gradient.Reshape(x.With(-1, 1).Prepend(vjp.Tasks)) * chosen);
    }
}
