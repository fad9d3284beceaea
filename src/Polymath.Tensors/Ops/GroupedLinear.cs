using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>
/// y_g = f(z_g), z_g = x_g W_g^T + b_g for G slices of the columns; dz = g f'(z), dx_g = dz_g W_g, dW_g = dz_g^T x_g, db_g = sum of dz_g. As in
/// <see cref="Linear"/> the bias and f are part of the product, and weight gradients go straight into the rows of the gradient.
/// </summary>
internal sealed unsafe class GroupedLinear : Op
{
    public static readonly GroupedLinear Rule = new();

    public override string Name => "GroupedLinear";

    public static Tensor Forward(Tensor input, ReadOnlySpan<Tensor> weights, ReadOnlySpan<Tensor> biases, Activation activation)
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
        float** pointers = stackalloc float*[2 * groups], offsets = biases.Length == 0 ? null : pointers + groups;
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
            offsets[g] = biases[g].Node.Pointer;
        }

        if (y.Shape.Length > 0) GemmGrouped.Rows(true, groups, rows, outputs, inputs, x.Pointer, pointers, y.Pointer, offsets, activation);
        y.A = groups;
        y.B = (int)activation;
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
        bool hasBias = vjp.Node.InputCount > 1 + groups && NeedsAny(vjp, 1 + groups, groups);
        (Tensor dz, Tensor sums) = Linear.Fused(vjp, (Activation)vjp.Node.B, hasBias, rows, groups * outputs);
        for (int g = 0; hasBias && g < groups; g++)
        {
            if (vjp.Needs(1 + groups + g)) vjp.Give(1 + groups + g, sums.Slice(1, g * outputs, outputs));
        }

        if (NeedsAny(vjp, 1, groups)) WeightGradients(vjp, dz.Node, groups);
        if (!vjp.Needs(0)) return;
        float** pointers = stackalloc float*[groups];
        for (int g = 0; g < groups; g++) pointers[g] = vjp.Node.Inputs[1 + g].Pointer;
        Node dx = Tensor.Allocate(vjp.Node.Inputs[0].Shape.Prepend(tasks));
        if (dx.Shape.Length > 0) GemmGrouped.Rows(false, groups, tasks * rows, inputs, outputs, dz.Node.Pointer, pointers, dx.Pointer);
        vjp.Give(0, new Tensor(dx));
    }

    /// <summary>The products dx and dW, whether or not every weight is wanted.</summary>
    public override RuleCost Cost(Node node, BackwardPass pass) => new(2.0 * node.Shape.Length * node.Inputs[1].Shape[1]);

    private static void WeightGradients(in Vjp vjp, Node dz, int groups)
    {
        Shape weight = vjp.Node.Inputs[1].Shape;
        int rows = vjp.Node.Shape[0], tasks = vjp.Tasks, size = weight.Length;
        if (size == 0) return;
        bool written = rows > 0;
        for (int g = 0; g < groups; g++) written &= vjp.WritesParameter(1 + g);
        Node? own = written ? null : Tensor.Allocate(weight.Prepend(tasks).Prepend(groups));
        GemmGrouped.Target* targets = Scratch.Get<GemmGrouped.Target>(Scratch.Slot.Partial, (nint)groups * tasks), next = targets;
        for (int g = 0; g < groups; g++)
        {
            for (int first = 0; first < tasks;)
            {
                ParameterPlace place = own is null ? vjp.Place(1 + g, first) : new ParameterPlace((nint)(own.Pointer + ((nint)g * tasks * size)), size, tasks, false);
                for (int row = 0; row < place.Rows; row++) *next++ = new GemmGrouped.Target((nint)(place.First + (row * place.Stride)), place.Accumulate);
                first += place.Rows;
            }
        }

        GemmGrouped.Outer(groups, tasks, rows, weight[0], weight[1], dz.Pointer, vjp.Node.Inputs[0].Pointer, targets);
        for (int g = 0; own is not null && g < groups; g++)
        {
            if (vjp.Needs(1 + g)) vjp.Give(1 + g, new Tensor(Tensor.ViewOf(own, g * tasks * size, weight.Prepend(tasks))));
        }
    }

    private static void BackwardComposed(in Vjp vjp, int groups)
    {
        Shape weight = vjp.Node.Inputs[1].Shape;
        Tensor input = vjp.Input(0), dz = Linear.Composed(vjp, (Activation)vjp.Node.B);
        var dx = new Tensor[groups];
        for (int g = 0; g < groups; g++)
        {
            Tensor part = dz.Slice(2, g * weight[0], weight[0]);
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
}
