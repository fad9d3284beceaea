using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>
/// y = gelu(z) W2^T + b2, z = x W1^T + b1; dz = (g W2) gelu'(z), dx = dz W1, dW1 = dz^T x, db1 = sum of dz, dW2 = g^T gelu(z), db2 = sum of g. z is
/// not kept: it is wider than everything else, and costs less to compute than to read.
/// </summary>
internal sealed unsafe class FeedForward : Op
{
    public static readonly FeedForward Rule = new();

    private const int MostWidth = 64;

    public override string Name => "FeedForward";

    /// <summary>Whether the hidden layer is so much the largest part that it pays to compute it twice.</summary>
    public static bool IsNarrow(in Shape weight1, in Shape weight2)
        => weight1.Rank != 2 || weight2.Rank != 2 || (weight1[1] <= MostWidth && weight2[0] <= MostWidth);

    public static Tensor Forward(Tensor input, Tensor weight1, Tensor bias1, Tensor weight2, Tensor bias2)
    {
        Node x = input.Node;
        Shape w1 = weight1.Shape, w2 = weight2.Shape;
        bool fits = w1.Rank == 2 && w2.Rank == 2 && x.Shape.Rank > 0 && x.Shape[-1] == w1[1] && w2[1] == w1[0] && bias1.Shape == new Shape(w1[0]) && bias2.Shape == new Shape(w2[0]);
        if (!fits) throw new TensorException($"FeedForward: found input {x.Shape} with weights {w1} and {w2}, biases {bias1.Shape} and {bias2.Shape}, expected [..., in] with [hidden, in], [out, hidden], [hidden] and [out].");
        Node y = Tensor.Allocate(x.Shape.With(-1, w2[0]));
        if (y.Shape.Length > 0) FeedForwardForward.Run(Sizes(x, w1, w2), x.Pointer, weight1.Node.Pointer, bias1.Node.Pointer, weight2.Node.Pointer, bias2.Node.Pointer, y.Pointer);
        return Tensor.Record(Rule, y, x, weight1.Node, bias1.Node, weight2.Node, bias2.Node);
    }

    public override void Backward(in Vjp vjp)
    {
        Node[] inputs = vjp.Node.Inputs;
        FeedForwardSizes sizes = Sizes(inputs[0], inputs[1].Shape, inputs[3].Shape);
        if (vjp.CreateGraph || vjp.Gradient.Shape.Length == 0 || sizes.Hidden == 0 || sizes.Inputs == 0)
        {
            BackwardComposed(vjp, sizes);
            return;
        }

        int tasks = vjp.Tasks;
        Node? dx = vjp.Needs(0) ? Tensor.Allocate(inputs[0].Shape.Prepend(tasks)) : null;
        Node parameters = Tensor.Allocate(new Shape(tasks, sizes.Parameters));
        FeedForwardBackward.Run(sizes, inputs[0].Pointer, inputs[1].Pointer, inputs[2].Pointer, inputs[3].Pointer, vjp.Gradient.Node.Pointer, tasks, dx is null ? null : dx.Pointer, parameters.Pointer);
        if (dx is not null) vjp.Give(0, new Tensor(dx));
        var all = new Tensor(parameters);
        for (int i = 1, at = 0; i < vjp.Node.InputCount; at += inputs[i++].Shape.Length)
        {
            if (vjp.Needs(i)) vjp.Give(i, all.Slice(1, at, inputs[i].Shape.Length).Reshape(inputs[i].Shape.Prepend(tasks)));
        }
    }

    /// <summary>z again, and four products of its size.</summary>
    public override RuleCost Cost(Node node, BackwardPass pass)
    {
        FeedForwardSizes sizes = Sizes(node.Inputs[0], node.Inputs[1].Shape, node.Inputs[3].Shape);
        return new RuleCost((double)sizes.Rows * sizes.Hidden * ((3.0 * sizes.Inputs) + (2.0 * sizes.Outputs)));
    }

    private static void BackwardComposed(in Vjp vjp, FeedForwardSizes sizes)
    {
        Tensor x = vjp.Input(0).Reshape(sizes.Rows, sizes.Inputs), w1 = vjp.Input(1), w2 = vjp.Input(3), g = vjp.Gradient.Reshape(vjp.Tasks, sizes.Rows, sizes.Outputs);
        Tensor z = Linear.Forward(x, w1, vjp.Input(2), Activation.Identity), dz = g.MatMul(w2) * Gelu.Slope(z);
        if (vjp.Needs(0)) vjp.Give(0, dz.MatMul(w1).Reshape(vjp.Node.Inputs[0].Shape.Prepend(vjp.Tasks)));
        if (vjp.Needs(1)) vjp.Give(1, dz.MatMul(x, transposeLeft: true));
        if (vjp.Needs(2)) vjp.Give(2, dz.Sum(1));
        if (vjp.Needs(3)) vjp.Give(3, g.MatMul(z.Gelu(), transposeLeft: true));
        if (vjp.Needs(4)) vjp.Give(4, g.Sum(1));
    }

    private static FeedForwardSizes Sizes(Node x, in Shape w1, in Shape w2) => new(x.Shape.Product(0, x.Shape.Rank - 1), w1[1], w1[0], w2[0]);
}
