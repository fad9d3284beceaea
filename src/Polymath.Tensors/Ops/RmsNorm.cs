using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>
/// y = xhat gamma with xhat = x / sqrt(mean x^2 + eps) over the last axis (Zhang and Sennrich 2019);
/// dx = (h - xhat mean(h xhat)) / sqrt(mean x^2 + eps) with h = g gamma, dgamma = sum g xhat.
/// </summary>
internal sealed unsafe class RmsNorm : Op
{
    public static readonly RmsNorm Rule = new();

    public override string Name => "RmsNorm";

    public static Tensor Forward(Tensor input, Tensor gamma, float epsilon)
    {
        Node x = input.Node;
        int width = x.Shape[Axes.Normalize(x.Shape, -1, "RmsNorm")];
        if (width == 0) throw new TensorException($"RmsNorm: the last axis of {x.Shape} has no elements.");
        if (gamma.Shape != new Shape(width)) throw new TensorException($"RmsNorm: found gamma {gamma.Shape}, expected [{width}].");
        Node y = Tensor.Allocate(x.Shape), inverse = Tensor.Allocate(x.Shape.With(-1, 1));
        if (x.Shape.Length > 0) Rows.RmsNorm(x.Pointer, gamma.Node.Pointer, y.Pointer, inverse.Pointer, epsilon, inverse.Shape.Length, width);
        y.Saved[0] = inverse;
        y.X = epsilon;
        return Tensor.Record(Rule, y, x, gamma.Node);
    }

    public override void Backward(in Vjp vjp)
    {
        Tensor g = vjp.Gradient, x = vjp.Input(0), gamma = vjp.Input(1);
        Tensor inverse = vjp.CreateGraph ? ((x * x).Mean(-1, keepAxis: true) + vjp.Node.X).Pow(-0.5f) : vjp.Saved(0);
        if (vjp.Needs(1)) vjp.Give(1, g * (x * inverse));
        if (!vjp.Needs(0)) return;
        if (!vjp.CreateGraph)
        {
            Node dx = Tensor.Allocate(g.Shape);
            int rows = inverse.Shape.Length;
            if (dx.Shape.Length > 0) Rows.RmsNormBackwardInput(g.Node.Pointer, x.Node.Pointer, gamma.Node.Pointer, inverse.Node.Pointer, dx.Pointer, vjp.Tasks * rows, x.Shape[-1], rows);
            vjp.Give(0, new Tensor(dx));
            return;
        }

        Tensor h = g * gamma, normalised = x * inverse;
        vjp.Give(0, (h - (normalised * (h * normalised).Mean(-1, keepAxis: true))) * inverse);
    }
}
