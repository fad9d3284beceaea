using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>
/// y = xhat gamma + beta with xhat = (x - mean) / sqrt(var + eps) over the last axis (Ba et al. 2016);
/// dx = (h - mean h - xhat mean(h xhat)) / sqrt(var + eps) with h = g gamma, dgamma = sum g xhat, dbeta = sum g.
/// </summary>
internal sealed unsafe class LayerNorm : Op
{
    public static readonly LayerNorm Rule = new();

    public override string Name => "LayerNorm";

    public static Tensor Forward(Tensor input, Tensor gamma, Tensor beta, float epsilon)
    {
        Node x = input.Node;
        int width = x.Shape[Axes.Normalize(x.Shape, -1, "LayerNorm")];
        if (width == 0) throw new TensorException($"LayerNorm: the last axis of {x.Shape} has no elements.");
        if (gamma.Shape != new Shape(width) || beta.Shape != new Shape(width)) throw new TensorException($"LayerNorm: found gamma {gamma.Shape} and beta {beta.Shape}, expected [{width}].");
        Node y = Tensor.Allocate(x.Shape), mean = Tensor.Allocate(x.Shape.With(-1, 1)), inverse = Tensor.Allocate(mean.Shape);
        if (x.Shape.Length > 0) Rows.LayerNorm(x.Pointer, gamma.Node.Pointer, beta.Node.Pointer, y.Pointer, mean.Pointer, inverse.Pointer, epsilon, mean.Shape.Length, width);
        y.Saved[0] = mean;
        y.Saved[1] = inverse;
        y.X = epsilon;
        return Tensor.Record(Rule, y, x, gamma.Node, beta.Node);
    }

    public override void Backward(in Vjp vjp)
    {
        if (vjp.CreateGraph)
        {
            BackwardComposed(vjp);
            return;
        }

        Node g = vjp.Gradient.Node, x = vjp.Node.Inputs[0], mean = vjp.Node.Saved[0]!;
        int width = x.Shape[-1];
        Tensor dx = vjp.Needs(0) ? new Tensor(Tensor.Allocate(g.Shape)) : default;
        Tensor dgamma = vjp.Needs(1) ? Tensor.Zeros(vjp.Tasks, width) : default, dbeta = vjp.Needs(2) ? Tensor.Zeros(vjp.Tasks, width) : default;
        var body = new RowNormBackward
        {
            G = g.Pointer,
            X = x.Pointer,
            Gamma = vjp.Node.Inputs[1].Pointer,
            Mean = mean.Pointer,
            Inverse = vjp.Node.Saved[1]!.Pointer,
            Dx = dx.IsEmpty ? null : dx.Node.Pointer,
            Dgamma = dgamma.IsEmpty ? null : dgamma.Node.Pointer,
            Dbeta = dbeta.IsEmpty ? null : dbeta.Node.Pointer,
            Tasks = vjp.Tasks,
            Rows = mean.Shape.Length,
            Width = width,
        };
        body.Run();
        if (!dx.IsEmpty) vjp.Give(0, dx);
        if (!dgamma.IsEmpty) vjp.Give(1, dgamma);
        if (!dbeta.IsEmpty) vjp.Give(2, dbeta);
    }

    private static void BackwardComposed(in Vjp vjp)
    {
        Tensor g = vjp.Gradient, x = vjp.Input(0);
        Tensor centred = x - x.Mean(-1, keepAxis: true);
        Tensor inverse = ((centred * centred).Mean(-1, keepAxis: true) + vjp.Node.X).Pow(-0.5f);
        Tensor normalised = centred * inverse, h = g * vjp.Input(1);
        if (vjp.Needs(0)) vjp.Give(0, (h - h.Mean(-1, keepAxis: true) - (normalised * (h * normalised).Mean(-1, keepAxis: true))) * inverse);
        if (vjp.Needs(1)) vjp.Give(1, g * normalised);
        if (vjp.Needs(2)) vjp.Give(2, g);
    }
}
