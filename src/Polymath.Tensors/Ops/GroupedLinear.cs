using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>y_g = x_g W_g^T + b_g for G slices of the columns; dx_g = g_g W_g, dW_g = g_g^T x_g, db_g = sum of g_g.</summary>
internal sealed unsafe class GroupedLinear : Op
{
    public static readonly GroupedLinear Rule = new();

    public override string Name => "GroupedLinear";

    public static Tensor Forward(Tensor input, ReadOnlySpan<Tensor> weights, ReadOnlySpan<Tensor> biases)
    {
        int groups = weights.Length;
        if (groups == 0 || (biases.Length != 0 && biases.Length != groups)) throw new TensorException($"GroupedLinear: found {groups} weights and {biases.Length} biases, expected at least one weight, and as many biases or none.");
        Node x = input.Node;
        Shape weight = weights[0].Shape;
        if (weight.Rank != 2 || x.Shape.Rank != 2 || x.Shape[1] != groups * weight[1]) throw new TensorException($"GroupedLinear: found input {x.Shape} with {groups} weights {weight}, expected [rows, {groups} in] with [out, in].");
        int rows = x.Shape[0], inputs = weight[1], outputs = weight[0];
        Node y = Tensor.Allocate(new Shape(rows, groups * outputs));
        var nodes = new NodeList(1 + groups + biases.Length);
        nodes[0] = x;
        float** pointers = stackalloc float*[groups];
        for (int g = 0; g < groups; g++)
        {
            if (weights[g].Shape != weight) throw new TensorException($"GroupedLinear: weight {g} has shape {weights[g].Shape}, expected {weight} as the first one.");
            nodes[1 + g] = weights[g].Node;
            pointers[g] = weights[g].Node.Pointer;
        }

        for (int g = 0; g < biases.Length; g++)
        {
            if (biases[g].Shape != new Shape(outputs)) throw new TensorException($"GroupedLinear: bias {g} has shape {biases[g].Shape}, expected [{outputs}].");
            nodes[1 + groups + g] = biases[g].Node;
        }

        if (y.Shape.Length > 0)
        {
            FillRows(biases, y.Span);
            GemmGrouped.Rows(true, groups, rows, outputs, inputs, x.Pointer, pointers, y.Pointer, biases.Length > 0);
        }

        y.A = groups;
        return Tensor.Record(Rule, y, nodes.Span);
    }

    public override void Backward(in Vjp vjp)
    {
        int groups = vjp.Node.A;
        if (vjp.CreateGraph)
        {
            BackwardComposed(vjp, groups);
            return;
        }

        Shape weight = vjp.Node.Inputs[1].Shape;
        int rows = vjp.Node.Shape[0], tasks = vjp.Tasks, inputs = weight[1], outputs = weight[0];
        Node gradient = vjp.Gradient.Node;
        float** pointers = stackalloc float*[groups];
        if (vjp.Needs(0))
        {
            for (int g = 0; g < groups; g++) pointers[g] = vjp.Node.Inputs[1 + g].Pointer;
            Node dx = Tensor.Allocate(vjp.Node.Inputs[0].Shape.Prepend(tasks));
            if (dx.Shape.Length > 0) GemmGrouped.Rows(false, groups, tasks * rows, inputs, outputs, gradient.Pointer, pointers, dx.Pointer, false);
            vjp.Give(0, new Tensor(dx));
        }

        if (NeedsAny(vjp, 1, groups))
        {
            Node dw = Tensor.Allocate(new Shape(groups, tasks, outputs, inputs));
            for (int g = 0; g < groups; g++) pointers[g] = dw.Pointer + ((nint)g * tasks * outputs * inputs);
            if (dw.Shape.Length > 0) GemmGrouped.Outer(groups, tasks, rows, outputs, inputs, gradient.Pointer, vjp.Node.Inputs[0].Pointer, pointers);
            for (int g = 0; g < groups; g++)
            {
                if (vjp.Needs(1 + g)) vjp.Give(1 + g, new Tensor(Tensor.ViewOf(dw, g * tasks * outputs * inputs, weight.Prepend(tasks))));
            }
        }

        if (vjp.Node.InputCount == 1 + groups || !NeedsAny(vjp, 1 + groups, groups)) return;
        Tensor sums = vjp.Gradient.Sum(1);
        for (int g = 0; g < groups; g++)
        {
            if (vjp.Needs(1 + groups + g)) vjp.Give(1 + groups + g, sums.Slice(1, g * outputs, outputs));
        }
    }

    private static void BackwardComposed(in Vjp vjp, int groups)
    {
        Shape weight = vjp.Node.Inputs[1].Shape;
        Tensor input = vjp.Input(0);
        var dx = new Tensor[groups];
        for (int g = 0; g < groups; g++)
        {
            Tensor part = vjp.Gradient.Slice(2, g * weight[0], weight[0]);
            dx[g] = part.MatMul(vjp.Input(1 + g));
            if (vjp.Needs(1 + g)) vjp.Give(1 + g, part.MatMul(input.Slice(1, g * weight[1], weight[1]), transposeLeft: true));
            if (vjp.Node.InputCount > 1 + groups && vjp.Needs(1 + groups + g)) vjp.Give(1 + groups + g, part.Sum(1));
        }

        if (vjp.Needs(0)) vjp.Give(0, Tensor.Concat(dx, 2));
    }

    private static bool NeedsAny(in Vjp vjp, int first, int count)
    {
        for (int i = first; i < first + count; i++)
        {
            if (vjp.Needs(i)) return true;
        }

        return false;
    }

    private static void FillRows(ReadOnlySpan<Tensor> biases, Span<float> y)
    {
        if (biases.IsEmpty) return;
        int width = biases[0].Shape[0], stride = biases.Length * width;
        for (int g = 0; g < biases.Length; g++) biases[g].Span.CopyTo(y[(g * width)..]);
        Span<float> first = y[..stride];
        for (int at = stride; at < y.Length; at += stride) first.CopyTo(y[at..]);
    }
}
