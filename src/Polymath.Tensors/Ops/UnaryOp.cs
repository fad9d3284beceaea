namespace Polymath.Tensors.Ops;

/// <summary>
/// y = f(x), element by element. A rule states f as a kernel and f' twice: as a formula that can itself be differentiated, and,
/// where it pays, as a fused kernel for the ordinary backward sweep.
/// </summary>
internal abstract unsafe class UnaryOp : Op
{
    public Tensor Forward(Tensor input, float parameter = 0f)
    {
        Node x = input.Node, y = Tensor.Allocate(x.Shape);
        y.X = parameter;
        if (x.Shape.Length > 0) Compute(x.Pointer, y.Pointer, x.Shape.Length, parameter);
        return Tensor.Record(this, y, x);
    }

    public override void Backward(in Vjp vjp)
    {
        if (!vjp.CreateGraph && vjp.Gradient.Shape.Length > 0)
        {
            Node x = vjp.Node.Inputs[0], g = vjp.Gradient.Node, dx = Tensor.Allocate(g.Shape);
            if (FusedBackward(x.Pointer, vjp.Node.Pointer, g.Pointer, dx.Pointer, g.Shape.Length, x.Shape.Length))
            {
                vjp.Give(0, new Tensor(dx));
                return;
            }
        }

        vjp.Give(0, vjp.Gradient * Derivative(vjp));
    }

    /// <summary>y[i] = f(x[i]).</summary>
    protected abstract void Compute(float* x, float* y, int length, float parameter);

    /// <summary>f'(x) by differentiable operations on <c>vjp.Input(0)</c> or <c>vjp.Output</c>.</summary>
    protected abstract Tensor Derivative(in Vjp vjp);

    /// <summary>dx[i] = g[i] f'(x[i mod period]); false when the op has no such kernel.</summary>
    protected virtual bool FusedBackward(float* x, float* y, float* g, float* dx, int length, int period) => false;
}
