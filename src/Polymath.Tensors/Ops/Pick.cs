namespace Polymath.Tensors.Ops;

/// <summary>One element of the last axis per row, chosen by index: y[i] = x[i, index[i]]; dx is g at the chosen places.</summary>
internal sealed class Pick : Op
{
    public static readonly Pick Rule = new();

    public override string Name => "Pick";

    public static Tensor Forward(Tensor input, IndexTensor indices)
    {
        Node x = input.Node;
        int width = x.Shape[Axes.Normalize(x.Shape, -1, "Pick")];
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
        ReadOnlySpan<int> index = vjp.Node.Indices!.Span;
        if (vjp.CreateGraph)
        {
            vjp.Give(0, vjp.Gradient.Reshape(x.With(-1, 1).Prepend(vjp.Tasks)) * OneHot.Along(index, x.Rank - 1, x));
            return;
        }

        Tensor dx = Tensor.Zeros(x.Prepend(vjp.Tasks));
        Span<float> to = dx.Span;
        ReadOnlySpan<float> from = vjp.Gradient.Span;
        for (int i = 0, width = x[-1]; i < from.Length; i++) to[(i * width) + index[i % index.Length]] = from[i];
        vjp.Give(0, dx);
    }
}
