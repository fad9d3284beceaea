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
        Tensor g = vjp.Gradient, x = vjp.Input(0), gamma = vjp.Input(1);
        if (vjp.Needs(2)) vjp.Give(2, g);
        if (!vjp.Needs(0) && !vjp.Needs(1)) return;
        Tensor mean = vjp.Saved(0), inverse = vjp.Saved(1);
        if (vjp.CreateGraph)
        {
            mean = x.Mean(-1, keepAxis: true);
            Tensor centred = x - mean;
            inverse = ((centred * centred).Mean(-1, keepAxis: true) + vjp.Node.X).Pow(-0.5f);
        }

        if (vjp.Needs(1) || vjp.CreateGraph)
        {
            Tensor normalised = (x - mean) * inverse;
            if (vjp.Needs(1)) vjp.Give(1, g * normalised);
            if (!vjp.Needs(0)) return;
            if (vjp.CreateGraph)
            {
                Tensor inner = g * gamma;
                vjp.Give(0, (inner - inner.Mean(-1, keepAxis: true) - (normalised * (inner * normalised).Mean(-1, keepAxis: true))) * inverse);
                return;
            }
        }

        Node dx = Tensor.Allocate(g.Shape);
        int rows = mean.Shape.Length, width = x.Shape[-1];
        if (dx.Shape.Length > 0) Rows.LayerNormBackwardInput(g.Node.Pointer, x.Node.Pointer, gamma.Node.Pointer, mean.Node.Pointer, inverse.Node.Pointer, dx.Pointer, vjp.Tasks * rows, width, rows);
        vjp.Give(0, new Tensor(dx));
    }
}
