using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>z = sum over e of gate_e f_e in every row; dgate_e = g . f_e, df_e = gate_e g.</summary>
internal sealed unsafe class Mixture : Op
{
    public static readonly Mixture Rule = new();

    public override string Name => "Mixture";

    public static Tensor Forward(Tensor gate, ReadOnlySpan<Tensor> banks)
    {
        Node weights = gate.Node;
        if (weights.Shape.Rank != 2 || weights.Shape[1] == 0 || banks.Length == 0) throw new TensorException($"Mixture: found a gate {weights.Shape} and {banks.Length} tensors of experts, expected [rows, experts] and at least one.");
        int rows = weights.Shape[0], count = weights.Shape[1], total = 0;
        foreach (Tensor bank in banks)
        {
            if (bank.Shape.Rank != 2 || bank.Shape[0] != rows) throw new TensorException($"Mixture: found experts {bank.Shape} for the gate {weights.Shape}, expected [{rows}, ...].");
            total += bank.Shape[1];
        }

        int width = total / count;
        if (width * count != total) throw new TensorException($"Mixture: found {total} columns of experts for the gate {weights.Shape}, expected a multiple of {count}.");
        Node z = Tensor.Allocate(new Shape(rows, width));
        var nodes = new NodeList(1 + banks.Length);
        nodes[0] = weights;
        for (int b = 0, at = 0; b < banks.Length; b++)
        {
            Node bank = banks[b].Node;
            int experts = width == 0 ? 0 : bank.Shape[1] / width;
            if (experts * width != bank.Shape[1]) throw new TensorException($"Mixture: found experts {bank.Shape} of width {width}, expected a multiple of it: an expert is cut in two.");
            ExpertMixture.Forward(bank.Pointer, experts, weights.Pointer + at, count, rows, width, z.Pointer, accumulate: b > 0);
            at += experts;
            nodes[1 + b] = bank;
        }

        return Tensor.Record(Rule, z, nodes.Span);
    }

    public override void Backward(in Vjp vjp)
    {
        if (vjp.CreateGraph)
        {
            BackwardComposed(vjp);
            return;
        }

        Node gate = vjp.Node.Inputs[0];
        int rows = gate.Shape[0], count = gate.Shape[1], width = vjp.Node.Shape[1];
        bool gateNeeded = vjp.Needs(0);
        Tensor gateGradient = gateNeeded ? Tensor.Zeros(gate.Shape.Prepend(vjp.Tasks)) : default;
        for (int b = 1, at = 0; width > 0 && b < vjp.Node.InputCount; b++)
        {
            Node bank = vjp.Node.Inputs[b];
            int experts = bank.Shape[1] / width;
            bool needed = vjp.Needs(b);
            Tensor gradient = needed ? new Tensor(Tensor.Allocate(bank.Shape.Prepend(vjp.Tasks))) : default;
            ExpertMixture.Backward(bank.Pointer, experts, gate.Pointer + at, count, vjp.Tasks, rows, width, vjp.Gradient.Node.Pointer,
                gateNeeded ? gateGradient.Node.Pointer + at : null, needed ? gradient.Node.Pointer : null);
            if (needed) vjp.Give(b, gradient);
            at += experts;
        }

        if (gateNeeded) vjp.Give(0, gateGradient);
    }

    private static void BackwardComposed(in Vjp vjp)
    {
        Tensor gate = vjp.Input(0), g = vjp.Gradient;
        int rows = gate.Shape[0], width = vjp.Node.Shape[1], banks = vjp.Node.InputCount - 1;
        if (width == 0) return;
        var products = new Tensor[banks];
        for (int b = 0, at = 0; b < banks; b++)
        {
            Shape shape = vjp.Node.Inputs[1 + b].Shape;
            int count = shape[1] / width;
            Tensor weights = gate.Slice(1, at, count).Reshape(rows, count, 1), upstream = g.Reshape(vjp.Tasks, rows, 1, width);
            products[b] = (upstream * vjp.Input(1 + b).Reshape(rows, count, width)).Sum(-1);
            if (vjp.Needs(1 + b)) vjp.Give(1 + b, (upstream * weights).Reshape(shape.Prepend(vjp.Tasks)));
            at += count;
        }

        if (vjp.Needs(0)) vjp.Give(0, Tensor.Concat(products, 2));
    }
}
