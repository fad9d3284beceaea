namespace Polymath.Tensors.Ops;

/// <summary>y = f(x), element by element. A rule states f as a kernel and f' as a formula that can itself be differentiated.</summary>
internal abstract unsafe class UnaryOp : Op
{
    public Tensor Forward(Tensor input, float parameter = 0f)
    {
        Node x = input.Node, y = Tensor.Allocate(x.Shape);
        y.X = parameter;
        if (x.Shape.Length > 0) Compute(x.Pointer, y.Pointer, x.Shape.Length, parameter);
        return Tensor.Record(this, y, x);
    }

    public override void Backward(in Vjp vjp) => vjp.Give(0, vjp.Gradient * Derivative(vjp));

    /// <summary>y[i] = f(x[i]).</summary>
    protected abstract void Compute(float* x, float* y, int length, float parameter);

    /// <summary>f'(x) by differentiable operations on <c>vjp.Input(0)</c> or <c>vjp.Output</c>.</summary>
    protected abstract Tensor Derivative(in Vjp vjp);
}
