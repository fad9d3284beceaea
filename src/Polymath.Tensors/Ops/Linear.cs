using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>
/// y = f(z), z = x W^T + b over the last axis of x; dz = g f'(z), dx = dz W, dW = dz^T x, db = sum of dz. The bias and f are applied to each
/// block of the product while it is in the cache; f' comes from y, so z is not kept. A K-task cotangent makes dx one product over K·rows
/// rows, and the K products dW share one packed x and go straight into the rows of the gradient.
/// </summary>
internal sealed unsafe class Linear : Op
{
    public static readonly Linear Rule = new();

    public override string Name => "Linear";

    public static Tensor Forward(Tensor input, Tensor weight, Tensor bias, Activation activation)
    {
        Node x = input.Node, w = weight.Node;
        if (w.Shape.Rank != 2 || x.Shape.Rank == 0 || x.Shape[-1] != w.Shape[1]) throw new TensorException($"Linear: found input {x.Shape} with weight {w.Shape}, expected [..., in] with [out, in].");
        int inputs = w.Shape[1], outputs = w.Shape[0], rows = x.Shape.Product(0, x.Shape.Rank - 1);
        bool hasBias = !bias.IsEmpty;
        if (hasBias && (bias.Shape.Rank != 1 || bias.Shape[0] != outputs)) throw new TensorException($"Linear: found bias {bias.Shape}, expected [{outputs}].");
        Node y = Tensor.Allocate(x.Shape.With(-1, outputs));
        var epilogue = new GemmEpilogue(hasBias ? bias.Node.Pointer : null, activation);
        if (y.Shape.Length > 0) Gemm.Multiply(false, true, rows, outputs, inputs, x.Pointer, inputs, w.Pointer, inputs, y.Pointer, outputs, accumulate: false, epilogue);
        y.A = (int)activation;
        return hasBias ? Tensor.Record(Rule, y, x, w, bias.Node) : Tensor.Record(Rule, y, x, w);
    }

    public override void Backward(in Vjp vjp)
    {
        bool hasBias = vjp.Node.InputCount > 2 && vjp.Needs(2);
        Tensor w = vjp.Input(1);
        int outputs = w.Shape[0], inputs = w.Shape[1], rows = vjp.Node.Shape.Product(0, vjp.Node.Shape.Rank - 1);
        Tensor dz, sums = default;
        if (vjp.CreateGraph || vjp.Gradient.Shape.Length == 0)
        {
            dz = Composed(vjp, (Activation)vjp.Node.A);
            if (hasBias) sums = dz.Reshape(vjp.Tasks, rows, outputs).Sum(1);
        }
        else (dz, sums) = Fused(vjp, (Activation)vjp.Node.A, hasBias, rows, outputs);

        if (hasBias) vjp.Give(2, sums);
        if (vjp.Needs(1)) WeightGradient(vjp, dz, rows, outputs, inputs);
        if (vjp.Needs(0)) vjp.Give(0, dz.MatMul(w));
    }

    public override RuleCost Cost(Node node, BackwardPass pass)
    {
        Shape w = node.Inputs[1].Shape;
        double rows = node.Shape.Product(0, node.Shape.Rank - 1), product = rows * w.Length, elements = 2.0 * node.Shape.Length;
        bool summed = pass.OnlyInnerProducts(node.Inputs[1]);
        double kept = (pass.Needs(node.Inputs[0]) ? product : 0) + (pass.Needs(node.Inputs[1]) && !summed ? product : 0);
        return new RuleCost(elements + kept, summed ? product : 0, rows, w[1], w[0]);
    }

    /// <summary>dz by differentiable operations.</summary>
    internal static Tensor Composed(in Vjp vjp, Activation activation)
    {
        Tensor y = vjp.Output;
        return activation switch
        {
            Activation.Relu => vjp.Gradient * y.GreaterThan(0f),
            Activation.Sigmoid => vjp.Gradient * (y * (1f - y)),
            _ => vjp.Gradient,
        };
    }

    /// <summary>dz and its sums over the rows in one pass, over the cotangent itself when nobody else reads it.</summary>
    internal static (Tensor Dz, Tensor Sums) Fused(in Vjp vjp, Activation activation, bool hasBias, int rows, int outputs)
    {
        Tensor g = vjp.Gradient, dz = activation == Activation.Identity || vjp.OwnsGradient ? g : new Tensor(Tensor.Allocate(g.Shape));
        Tensor sums = hasBias ? new Tensor(Tensor.Allocate(new Shape(vjp.Tasks, outputs))) : default;
        if (g.Shape.Length > 0) LinearBackward.Run(activation, vjp.Node.Pointer, g.Node.Pointer, dz.Node.Pointer, hasBias ? sums.Node.Pointer : null, vjp.Tasks, rows, outputs);
        else if (hasBias) sums.Span.Clear();
        return (dz, sums);
    }

    private static void WeightGradient(in Vjp vjp, Tensor dz, int rows, int outputs, int inputs)
    {
        if (vjp.GramianOf(1) is { } gramian && new RuleCost(0, (double)rows * inputs * outputs, rows, inputs, outputs).PrefersPairs(vjp.Tasks))
        {
            gramian.AddLayer(vjp.Rows, dz.Reshape(vjp.Tasks, rows, outputs), vjp.Input(0).Reshape(rows, inputs));
            return;
        }

        if (!vjp.WritesParameter(1) || rows == 0 || inputs == 0)
        {
            vjp.Give(1, dz.Reshape(vjp.Tasks, rows, outputs).MatMul(vjp.Input(0).Reshape(rows, inputs), transposeLeft: true));
            return;
        }

        nint size = (nint)rows * outputs;
        for (int first = 0; first < vjp.Tasks;)
        {
            ParameterPlace place = vjp.Place(1, first);
            Gemm.MultiplyBatched(
                true, false, outputs, inputs, rows, dz.Node.Pointer + (first * size), outputs, vjp.Node.Inputs[0].Pointer, inputs, place.First, inputs, place.Accumulate, place.Rows, size, 0, place.Stride);
            first += place.Rows;
        }
    }
}
