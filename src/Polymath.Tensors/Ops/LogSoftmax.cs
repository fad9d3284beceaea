using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>y = x - ln sum exp x over the last axis; dx = g - exp(y) sum(g).</summary>
internal sealed unsafe class LogSoftmax : Op
{
    public static readonly LogSoftmax Rule = new();

    public override string Name => "LogSoftmax";

    public static Tensor Forward(Tensor input)
    {
        Node x = input.Node, y = Tensor.Allocate(x.Shape);
        if (x.Shape.Length > 0) Rows.LogSoftmax(x.Pointer, y.Pointer, x.Shape.Length / x.Shape[-1], x.Shape[-1]);
        return Tensor.Record(Rule, y, x);
    }

    public override void Backward(in Vjp vjp)
    {
        Tensor g = vjp.Gradient, y = vjp.Output;
        if (vjp.CreateGraph || y.Shape.Length == 0)
        {
            vjp.Give(0, g - (y.Exp() * g.Sum(-1, keepAxis: true)));
            return;
        }

        Node dx = Tensor.Allocate(g.Shape);
        int width = y.Shape[-1], rows = y.Shape.Length / width;
        Rows.LogSoftmaxBackward(y.Node.Pointer, g.Node.Pointer, dx.Pointer, vjp.Tasks * rows, width, rows);
        vjp.Give(0, new Tensor(dx));
    }
}
