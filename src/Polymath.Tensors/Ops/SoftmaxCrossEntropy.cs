using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>
/// y = -sum t ln softmax(x) per row with t = w (s / classes + (1 - s) [c = label]); dx = g (T softmax(x) - t), T = sum t. Rows whose label is
/// NaN have neither value nor gradient, whatever their logits.
/// </summary>
internal sealed unsafe class SoftmaxCrossEntropy : Op
{
    public static readonly SoftmaxCrossEntropy Rule = new();

    public override string Name => "SoftmaxCrossEntropy";

    public static Tensor Forward(Tensor logits, Tensor labels, Tensor classWeights, float smoothing)
    {
        Node x = logits.Node, label = labels.Node;
        if (x.Shape.Rank != 2 || x.Shape[1] == 0 || label.Shape != new Shape(x.Shape[0])) throw new TensorException($"SoftmaxCrossEntropy: found logits {x.Shape} with labels {label.Shape}, expected [rows, classes] with [rows].");
        int rows = x.Shape[0], classes = x.Shape[1];
        if (!classWeights.IsEmpty && classWeights.Shape != new Shape(classes)) throw new TensorException($"SoftmaxCrossEntropy: found class weights {classWeights.Shape}, expected [{classes}].");
        if (smoothing is not (>= 0f and < 1f)) throw new TensorException($"SoftmaxCrossEntropy: found label smoothing {smoothing}, expected [0, 1).");
        ReadOnlySpan<float> numbers = label.Span;
        for (int i = 0; i < rows; i++)
        {
            if (!float.IsNaN(numbers[i]) && !(numbers[i] >= 0f && numbers[i] < classes && numbers[i] == MathF.Floor(numbers[i]))) throw new TensorException($"SoftmaxCrossEntropy: label {numbers[i]} at position {i} is not a class in [0, {classes}).");
        }

        Node y = Tensor.Allocate(label.Shape), statistics = Tensor.Allocate(new Shape(2, rows));
        y.Saved[0] = statistics;
        y.Saved[1] = classWeights.IsEmpty ? null : classWeights.Node;
        y.X = smoothing;
        CrossEntropyRows body = Body(y, x, label, y.Pointer);
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
        CrossEntropyRows body = Body(y, x, label, dx.Pointer);
        body.Gradient = vjp.Gradient.Node.Pointer;
        body.Tasks = vjp.Tasks;
        body.Run();
        vjp.Give(0, new Tensor(dx));
    }

    private static CrossEntropyRows Body(Node y, Node x, Node label, float* target)
    {
        int rows = x.Shape[0];
        float* statistics = y.Saved[0]!.Pointer;
        return new() { X = x.Pointer, Labels = label.Pointer, Weights = y.Saved[1] is { } weights ? weights.Pointer : null, Largest = statistics, Log = statistics + rows, Y = target, Smoothing = y.X, Rows = rows, Classes = x.Shape[1] };
    }

    private static void BackwardComposed(in Vjp vjp)
    {
        Tensor x = vjp.Input(0), target = Tensor.Zeros(x.Shape), total = Tensor.Zeros(x.Shape[0], 1), mask = Tensor.Zeros(x.Shape[0], 1);
        ReadOnlySpan<float> labels = vjp.Node.Inputs[1].Span, weights = vjp.Node.Saved[1] is { } given ? given.Span : default;
        int classes = x.Shape[1];
        float share = vjp.Node.X / classes;
        for (int i = 0; i < labels.Length; i++)
        {
            if (float.IsNaN(labels[i])) continue;
            mask.Span[i] = 1f;
            Span<float> row = target.Span.Slice(i * classes, classes);
            for (int c = 0; c < classes; c++) row[c] = (share + (c == (int)labels[i] ? 1f - vjp.Node.X : 0f)) * (weights.IsEmpty ? 1f : weights[c]);
            foreach (float t in row) total.Span[i] += t;
        }

        Tensor p = Tensor.Where(mask, x, Tensor.Scalar(0f)).Softmax();
        vjp.Give(0, vjp.Gradient.Unsqueeze(-1) * ((p * total) - target));
    }
}
