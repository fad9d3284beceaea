namespace Polymath.Tensors.Ops;

/// <summary>y = f(x), element by element, with one kernel for the ordinary backward sweep beside the formula for f'.</summary>
internal abstract unsafe class FusedUnaryOp : UnaryOp
{
    public override void Backward(in Vjp vjp)
    {
        Node x = vjp.Node.Inputs[0], g = vjp.Gradient.Node;
        if (vjp.CreateGraph || g.Shape.Length == 0)
        {
            base.Backward(vjp);
            return;
        }

        Node dx = Tensor.Allocate(g.Shape);
        FusedBackward(x.Pointer, vjp.Node.Pointer, g.Pointer, dx.Pointer, g.Shape.Length, x.Shape.Length);
        vjp.Give(0, new Tensor(dx));
    }

    /// <summary>dx[i] = g[i] f'(x[i mod period]), with y = f(x) at hand.</summary>
    protected abstract void FusedBackward(float* x, float* y, float* g, float* dx, int length, int period);
}
