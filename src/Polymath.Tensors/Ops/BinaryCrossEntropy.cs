using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>
/// y = w q softplus(-x) + (1 - q) softplus(x) of logits, q = label (1 - s) + s / 2; dx = g ((1 - q) sigmoid(x) - w q sigmoid(-x)). Elements
/// whose label is NaN have neither value nor gradient, whatever their logit.
/// </summary>
internal sealed unsafe class BinaryCrossEntropy : Op
{
    public static readonly BinaryCrossEntropy Rule = new();

    public override string Name => "BinaryCrossEntropy";

    public static Tensor Forward(Tensor logits, Tensor labels, float positiveWeight, float smoothing)
    {
        Node x = logits.Node, label = labels.Node;
        if (x.Shape != label.Shape) throw new TensorException($"BinaryCrossEntropy: found logits {x.Shape} with labels {label.Shape}, expected the same shape.");
        if (smoothing is not (>= 0f and < 1f)) throw new TensorException($"BinaryCrossEntropy: found label smoothing {smoothing}, expected [0, 1).");
        Node y = Tensor.Allocate(x.Shape);
        y.X = positiveWeight;
        y.A = BitConverter.SingleToInt32Bits(smoothing);
        BinaryCrossEntropyRows body = Body(y, x, label, y.Pointer);
        body.Run();
        return Tensor.Record(Rule, y, x, label);
    }

    public override void Backward(in Vjp vjp)
    {
        if (!vjp.Needs(0)) return;
        Node y = vjp.Node, x = y.Inputs[0], label = y.Inputs[1];
        if (vjp.CreateGraph)
        {
            BackwardComposed(vjp);
            return;
        }

        Node dx = Tensor.Allocate(x.Shape.Prepend(vjp.Tasks));
        BinaryCrossEntropyRows body = Body(y, x, label, dx.Pointer);
        body.Gradient = vjp.Gradient.Node.Pointer;
        body.Tasks = vjp.Tasks;
        body.Run();
        vjp.Give(0, new Tensor(dx));
    }

    private static BinaryCrossEntropyRows Body(Node y, Node x, Node label, float* target)
        => new() { X = x.Pointer, Labels = label.Pointer, Y = target, PositiveWeight = y.X, Smoothing = BitConverter.Int32BitsToSingle(y.A), Length = x.Shape.Length };

    private static void BackwardComposed(in Vjp vjp)
    {
        Tensor x = vjp.Input(0), mask = Tensor.Zeros(x.Shape), positive = Tensor.Zeros(x.Shape), negative = Tensor.Zeros(x.Shape);
        ReadOnlySpan<float> labels = vjp.Node.Inputs[1].Span;
        float smoothing = BitConverter.Int32BitsToSingle(vjp.Node.A);
        for (int i = 0; i < labels.Length; i++)
        {
            if (float.IsNaN(labels[i])) continue;
            float q = (labels[i] * (1f - smoothing)) + (smoothing / 2f);
            mask.Span[i] = 1f;
            positive.Span[i] = vjp.Node.X * q;
            negative.Span[i] = 1f - q;
        }

        Tensor seen = Tensor.Where(mask, x, Tensor.Scalar(0f));
        vjp.Give(0, vjp.Gradient * ((seen.Sigmoid() * negative) - ((-seen).Sigmoid() * positive)));
    }
}
