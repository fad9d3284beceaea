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
        if (vjp.CreateGraph)
        {
            BackwardComposed(vjp);
            return;
        }

        Node g = vjp.Gradient.Node, x = vjp.Node.Inputs[0], inverse = vjp.Node.Saved[0]!;
        int width = x.Shape[-1];
        Tensor dx = vjp.Needs(0) ? new Tensor(Tensor.Allocate(g.Shape)) : default, dgamma = vjp.Needs(1) ? Tensor.Zeros(vjp.Tasks, width) : default;
        var body = new RowNormBackward
        {
            G = g.Pointer,
            X = x.Pointer,
            Gamma = vjp.Node.Inputs[1].Pointer,
            Inverse = inverse.Pointer,
            Dx = dx.IsEmpty ? null : dx.Node.Pointer,
            Dgamma = dgamma.IsEmpty ? null : dgamma.Node.Pointer,
            Tasks = vjp.Tasks,
            Rows = inverse.Shape.Length,
            Width = width,
        };
        body.Run();
        if (!dx.IsEmpty) vjp.Give(0, dx);
        if (!dgamma.IsEmpty) vjp.Give(1, dgamma);
    }

    private static void BackwardComposed(in Vjp vjp)
    {
        Tensor g = vjp.Gradient, x = vjp.Input(0);
        Tensor inverse = ((x * x).Mean(-1, keepAxis: true) + vjp.Node.X).Pow(-0.5f);
        Tensor normalised = x * inverse, h = g * vjp.Input(1);
        if (vjp.Needs(0)) vjp.Give(0, (h - (normalised * (h * normalised).Mean(-1, keepAxis: true))) * inverse);
        if (vjp.Needs(1)) vjp.Give(1, g * normalised);
    }
}
