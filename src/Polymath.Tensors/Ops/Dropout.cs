using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>
/// y = m x with m = 0 where a draw is below the rate, else 1 / (1 - rate) (Srivastava et al. 2014); dx = m g. The mask is the draws from a
/// position of a stream on, so key and position are all that is kept of it.
/// </summary>
internal sealed unsafe class Dropout : Op
{
    private const int FloatsForTwoWords = 4;

    public static readonly Dropout Rule = new();

    public override string Name => "Dropout";

    public static Tensor Forward(Tensor input, float rate, RandomStream random)
    {
        Node x = input.Node, y = Tensor.Allocate(x.Shape), origin = Tensor.Allocate(new Shape(FloatsForTwoWords));
        ((ulong*)origin.Pointer)[0] = random.Key;
        ((ulong*)origin.Pointer)[1] = random.Position;
        random.Position += (ulong)x.Shape.Length;
        y.Saved[0] = origin;
        y.X = rate;
        Apply(y, x, y, 1);
        return Tensor.Record(Rule, y, x);
    }

    public override void Backward(in Vjp vjp)
    {
        Node y = vjp.Node;
        if (vjp.CreateGraph)
        {
            Tensor mask = Tensor.Ones(y.Shape.Axis);
            Apply(y, mask.Node, mask.Node, 1);
            vjp.Give(0, vjp.Gradient * mask);
            return;
        }

        Node dx = Tensor.Allocate(vjp.Gradient.Shape);
        Apply(y, vjp.Gradient.Node, dx, vjp.Tasks);
        vjp.Give(0, new Tensor(dx));
    }

    private static void Apply(Node y, Node from, Node to, int tasks)
    {
        ulong* origin = (ulong*)y.Saved[0]!.Pointer;
        var body = new DropoutMask { Key = origin[0], Position = origin[1], Rate = y.X, X = from.Pointer, Y = to.Pointer, Length = y.Shape.Length, Tasks = tasks };
        body.Run();
    }
}
