using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>
/// C = op(A) op(B) over the last two axes, leading axes broadcast. The rules are matrix products again, so a K-task cotangent is
/// one larger product: dA = g op(B)^T flattens to K·batch·m rows when B is a plain matrix.
/// </summary>
internal sealed unsafe class MatMul : Op
{
    public static readonly MatMul Rule = new();

    public override string Name => "MatMul";

    public static Tensor Forward(Tensor left, Tensor right, bool transposeLeft, bool transposeRight)
    {
        Node a = left.Node, b = right.Node;
        if (a.Shape.Rank < 2 || b.Shape.Rank < 2) throw new TensorException($"MatMul: found shapes {a.Shape} and {b.Shape}, expected at least two axes each.");
        int m = a.Shape[transposeLeft ? -1 : -2], k = a.Shape[transposeLeft ? -2 : -1];
        int inner = b.Shape[transposeRight ? -1 : -2], n = b.Shape[transposeRight ? -2 : -1];
        if (k != inner) throw new TensorException($"MatMul: inner lengths differ: {k} of {a.Shape}{(transposeLeft ? " transposed" : "")} against {inner} of {b.Shape}{(transposeRight ? " transposed" : "")}.");

        Shape batchA = Batch(a.Shape), batchB = Batch(b.Shape);
        Shape batch = BroadcastBatch(a.Shape, b.Shape, batchA, batchB);
        Span<int> axes = stackalloc int[batch.Rank + 2];
        batch.Axis.CopyTo(axes);
        axes[^2] = m;
        axes[^1] = n;
        Node c = Tensor.Allocate(new Shape(axes));
        if (c.Shape.Length > 0) Multiply(a, b, c, batch, batchA, batchB, transposeLeft, transposeRight, m, n, k);
        c.A = transposeLeft ? 1 : 0;
        c.B = transposeRight ? 1 : 0;
        return Tensor.Record(Rule, c, a, b);
    }

    public override void Backward(in Vjp vjp)
    {
        bool ta = vjp.Node.A == 1, tb = vjp.Node.B == 1;
        Tensor g = vjp.Gradient, a = vjp.Input(0), b = vjp.Input(1);
        if (vjp.Needs(0)) vjp.Give(0, ta ? b.MatMul(g, tb, true) : g.MatMul(b, false, !tb));
        if (!vjp.Needs(1)) return;
        if (b.Shape.Rank == 2 && a.Shape.Rank > 2 && !ta)
        {
            // One product per task over all batch·m rows, instead of a batch of small ones summed afterwards.
            int rows = a.Shape.Product(0, a.Shape.Rank - 1);
            a = a.Reshape(rows, a.Shape[-1]);
            g = g.Reshape(vjp.Tasks, rows, g.Shape[-1]);
        }

        vjp.Give(1, tb ? g.MatMul(a, true, ta) : a.MatMul(g, !ta, false));
    }

    public override RuleCost Cost(Node node, BackwardPass pass)
    {
        double product = (double)node.Shape.Length * node.Inputs[0].Shape[node.A == 1 ? -2 : -1];
        return new RuleCost((pass.Needs(node.Inputs[0]) ? product : 0) + (pass.Needs(node.Inputs[1]) ? product : 0));
    }

    private static void Multiply(Node a, Node b, Node c, in Shape batch, in Shape batchA, in Shape batchB, bool ta, bool tb, int m, int n, int k)
    {
        int lda = a.Shape[-1], ldb = b.Shape[-1];
        int sizeA = m * k, sizeB = k * n, sizeC = m * n;
        if (batchB.Length == 1 && !ta)
        {
            Gemm.Multiply(false, tb, batch.Length * m, n, k, a.Pointer, lda, b.Pointer, ldb, c.Pointer, n, false);
            return;
        }

        bool sameA = batchA == batch || batchA.Length == 1, sameB = batchB == batch || batchB.Length == 1;
        if (sameA && sameB)
        {
            nint strideA = batchA.Length == 1 ? 0 : sizeA, strideB = batchB.Length == 1 ? 0 : sizeB;
            Gemm.MultiplyBatched(ta, tb, m, n, k, a.Pointer, lda, b.Pointer, ldb, c.Pointer, n, false, batch.Length, strideA, strideB, sizeC);
            return;
        }

        // General broadcasting: walk the outer batch index; the innermost run that is uniform in both operands is one batched call.
        Span<int> stridesA = stackalloc int[batch.Rank], stridesB = stackalloc int[batch.Rank];
        Arithmetic.BroadcastStrides(batchA, stridesA);
        Arithmetic.BroadcastStrides(batchB, stridesB);
        int run = batch.Rank - 1;
        while (run > 0 && Uniform(stridesA, batch, run) && Uniform(stridesB, batch, run)) run--;
        int runLength = batch.Product(run, batch.Rank), outer = batch.Product(0, run);
        Span<int> index = stackalloc int[batch.Rank];
        for (int i = 0; i < outer; i++)
        {
            nint atA = 0, atB = 0;
            for (int axis = 0; axis < run; axis++)
            {
                atA += index[axis] * stridesA[axis];
                atB += index[axis] * stridesB[axis];
            }

            Gemm.MultiplyBatched(ta, tb, m, n, k, a.Pointer + (atA * sizeA), lda, b.Pointer + (atB * sizeB), ldb, c.Pointer + ((nint)i * runLength * sizeC), n, false,
                runLength, (nint)stridesA[^1] * sizeA, (nint)stridesB[^1] * sizeB, sizeC);
            for (int axis = run - 1; axis >= 0 && ++index[axis] == batch[axis]; axis--) index[axis] = 0;
        }
    }

    /// <summary>Whether the axes from <paramref name="axis"/> - 1 inward step evenly: all broadcast, or contiguous.</summary>
    private static bool Uniform(ReadOnlySpan<int> strides, in Shape batch, int axis)
        => strides[axis - 1] == strides[^1] * batch.Product(axis, batch.Rank);

    private static Shape BroadcastBatch(in Shape a, in Shape b, in Shape batchA, in Shape batchB)
    {
        try
        {
            return Shape.Broadcast(batchA, batchB, "MatMul");
        }
        catch (TensorException failure)
        {
            throw new TensorException($"MatMul: the leading axes of {a} and {b} do not broadcast.", failure);
        }
    }

    private static Shape Batch(in Shape shape) => new(shape.Axis[..^2]);
}
