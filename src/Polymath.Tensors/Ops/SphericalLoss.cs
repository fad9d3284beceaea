using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>
/// y = L(o_c, q, s) per row of outputs o, q = sum o^2, s = sum o (<see cref="SphericalForm"/>); do = g (L_c e_c + 2 L_q o + L_s). Rows whose
/// label is NaN have neither value nor gradient, whatever their outputs.
/// </summary>
internal sealed unsafe class SphericalLoss : Op
{
    public static readonly SphericalLoss Rule = new();

    public override string Name => "SphericalLoss";

    public static Tensor Forward(Tensor outputs, Tensor labels, in SphericalForm form)
    {
        Node x = outputs.Node, label = labels.Node;
        if (x.Shape.Rank != 2 || x.Shape[1] < 2 || label.Shape != new Shape(x.Shape[0])) throw new TensorException($"SphericalLoss: found outputs {x.Shape} with labels {label.Shape}, expected [rows, classes] of at least two classes with [rows].");
        int rows = x.Shape[0], classes = x.Shape[1];
        ReadOnlySpan<float> numbers = label.Span;
        for (int i = 0; i < rows; i++)
        {
            if (!float.IsNaN(numbers[i]) && !(numbers[i] >= 0f && numbers[i] < classes && numbers[i] == MathF.Floor(numbers[i]))) throw new TensorException($"SphericalLoss: label {numbers[i]} at position {i} is not a class in [0, {classes}).");
        }

        Node y = Tensor.Allocate(label.Shape), coefficients = Tensor.Allocate(new Shape(rows, SphericalRows.Coefficients));
        y.Saved[0] = coefficients;
        y.A = (int)form.Kind;
        y.X = (float)form.A;
        y.B = BitConverter.SingleToInt32Bits((float)form.B);
        RowLoop<SphericalRows>.Run(rows, classes, new() { X = x.Pointer, Labels = label.Pointer, Saved = coefficients.Pointer, Y = y.Pointer, Classes = classes, Form = form });
        return Tensor.Record(Rule, y, x, label);
    }

    public override void Backward(in Vjp vjp)
    {
        if (!vjp.Needs(0)) return;
        Node y = vjp.Node, x = y.Inputs[0];
        if (vjp.CreateGraph)
        {
            BackwardComposed(vjp);
            return;
        }

        int rows = x.Shape[0], classes = x.Shape[1];
        Node dx = Tensor.Allocate(x.Shape.Prepend(vjp.Tasks));
        RowLoop<SphericalRowsGradient>.Run(vjp.Tasks * rows, classes, new() { X = x.Pointer, Labels = y.Inputs[1].Pointer, Saved = y.Saved[0]!.Pointer, Gradient = vjp.Gradient.Node.Pointer, Y = dx.Pointer, Rows = rows, Classes = classes });
        vjp.Give(0, new Tensor(dx));
    }

    private static void BackwardComposed(in Vjp vjp)
    {
        Tensor x = vjp.Input(0), mask = Tensor.Zeros(x.Shape[0], 1), hot = Tensor.Zeros(x.Shape), stand = Tensor.Zeros(1, x.Shape[1]);
        ReadOnlySpan<float> labels = vjp.Node.Inputs[1].Span, saved = vjp.Node.Saved[0]!.Span;
        int classes = x.Shape[1];
        for (int i = 0; i < labels.Length; i++)
        {
            // Without a share of the target (no label, or equal outputs) the row has no gradient.
            if (float.IsNaN(labels[i]) || !SphericalRows.IsLive(saved.Slice(i * SphericalRows.Coefficients))) continue;
            mask.Span[i] = 1f;
            hot.Span[(i * classes) + (int)labels[i]] = 1f;
        }

        stand.Span[0] = 1f;
        Tensor o = Tensor.Where(mask, x, stand), gradient = (SphericalKind)vjp.Node.A switch
        {
            SphericalKind.Z => OfZ(o, hot, vjp.Node.X, BitConverter.Int32BitsToSingle(vjp.Node.B)),
            SphericalKind.LogTaylorSoftmax => OfTaylor(o, hot),
            SphericalKind.LogSphericalSoftmax => OfSpherical(o, hot, vjp.Node.X),
            _ => (o - hot) * 2f,
        };
        vjp.Give(0, vjp.Gradient.Unsqueeze(-1) * (gradient * mask));
    }

    /// <summary>dL/do = dL/dz / sigma (e_c - 1/D - z_c z / D), dL/dz = -sigmoid(a (b - z_c)).</summary>
    private static Tensor OfZ(Tensor o, Tensor hot, float a, float b)
    {
        float share = 1f / o.Shape[1];
        Tensor centred = o - o.Mean(-1, keepAxis: true), sigma = (centred * centred).Mean(-1, keepAxis: true).Sqrt(), z = centred / sigma;
        Tensor chosen = Chosen(z, hot), slope = -((b - chosen) * a).Sigmoid();
        return slope / sigma * (hot - share - (chosen * share * z));
    }

    private static Tensor OfTaylor(Tensor o, Tensor hot)
    {
        Tensor chosen = Chosen(o, hot), numerator = 1f + chosen + (chosen * chosen * 0.5f), denominator = (1f + o + (o * o * 0.5f)).Sum(-1, keepAxis: true);
        return ((1f + o) / denominator) - (hot * ((1f + chosen) / numerator));
    }

    private static Tensor OfSpherical(Tensor o, Tensor hot, float epsilon)
    {
        Tensor chosen = Chosen(o, hot);
        return (o * 2f / ((o * o) + epsilon).Sum(-1, keepAxis: true)) - (hot * (chosen * 2f / ((chosen * chosen) + epsilon)));
    }

    private static Tensor Chosen(Tensor x, Tensor hot) => (x * hot).Sum(-1, keepAxis: true);
}
