using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>y = softmax of x over the last axis; dx = y (g - sum(g y)).</summary>
internal sealed unsafe class Softmax : Op
{
    public static readonly Softmax Rule = new();

    public override string Name => "Softmax";

    public static Tensor Forward(Tensor input)
    {
        Node x = input.Node, y = Tensor.Allocate(x.Shape);
        if (x.Shape.Length > 0) Rows.Softmax(x.Pointer, y.Pointer, x.Shape.Length / x.Shape[-1], x.Shape[-1]);
        return Tensor.Record(Rule, y, x);
    }

    public override void Backward(in Vjp vjp)
    {
        Tensor g = vjp.Gradient, y = vjp.Output;
        if (vjp.CreateGraph || y.Shape.Length == 0)
        {
            vjp.Give(0, y * (g - (g * y).Sum(-1, keepAxis: true)));
            return;
        }

        Node dx = Tensor.Allocate(g.Shape);
        int width = y.Shape[-1], rows = y.Shape.Length / width;
        Rows.SoftmaxBackward(y.Node.Pointer, g.Node.Pointer, dx.Pointer, vjp.Tasks * rows, width, rows);
        vjp.Give(0, new Tensor(dx));
    }
}
