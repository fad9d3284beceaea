using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>
/// x[i, l] = T[ids[i, first + l]] where present[i, first + l] is not 0, else 0; dT scatters g of what is present to the rows that were looked
/// up, adding.
/// </summary>
internal sealed unsafe class EmbedList : Op
{
    public static readonly EmbedList Rule = new();

    public override string Name => "EmbedList";

    public static Tensor Forward(Tensor table, IndexTensor ids, Tensor present, int first, int count)
    {
        Node source = table.Node;
        if (source.Shape.Rank != 2 || ids.Shape.Rank != 2 || present.Shape != ids.Shape) throw new TensorException($"EmbedList: found table {source.Shape}, ids {ids.Shape} and the ids that are present as {present.Shape}, expected [ids, width] and twice [rows, columns].");
        if (first < 0 || count < 0 || first + count > ids.Shape[1]) throw new TensorException($"EmbedList: found the columns {first} to {first + count} of ids {ids.Shape}, expected columns inside.");
        int rows = ids.Shape[0], width = source.Shape[1];
        Node x = Tensor.Allocate(new Shape(rows, count, width));
        x.Indices = ids;
        x.Saved[0] = present.Node;
        x.A = first;
        fixed (int* index = ids.Span)
        {
            int outside = -1;
            RowLoop<Body>.Run(rows, count * width, new Body { Table = source.Pointer, Ids = source.Shape[0], Width = width, Index = index + first, Present = present.Node.Pointer + first, Stride = ids.Shape[1], Count = count, X = x.Pointer, Outside = &outside });
            if (outside >= 0) throw new TensorException($"EmbedList: an id of row {outside} is outside the table, expected ids in [0, {source.Shape[0]}).");
        }

        return Tensor.Record(Rule, x, source);
    }

    public override void Backward(in Vjp vjp)
    {
        Node x = vjp.Node, table = x.Inputs[0];
        IndexTensor ids = x.Indices!;
        int rows = x.Shape[0], count = x.Shape[1], stride = ids.Shape[1];
        Tensor present = vjp.Saved(0);
        if (vjp.CreateGraph)
        {
            var own = new IndexTensor([rows, count]);
            for (int i = 0; i < rows; i++) ids.Span.Slice((i * stride) + x.A, count).CopyTo(own.Span[(i * count)..]);
            Tensor seen = present.Slice(1, x.A, count).Unsqueeze(2);
            vjp.Give(0, Scatter.Forward(Tensor.Where(seen, vjp.Gradient, Tensor.Scalar(0f)), own, 1, table.Shape[0]));
            return;
        }

        // Padding points to no row of the table: whatever its cotangent holds is left out.
        Node index = Tensor.Allocate(new Shape(rows * count));
        int* to = (int*)index.Pointer;
        for (int i = 0, at = 0; i < rows; i++)
        {
            for (int l = 0; l < count; l++, at++)
            {
                int from = (i * stride) + x.A + l;
                to[at] = present.Span[from] == 0f ? Layout.Nowhere : ids.Span[from];
            }
        }

        Node gradient = Tensor.Allocate(table.Shape.Prepend(vjp.Tasks));
        Layout.ScatterRows(vjp.Gradient.Node.Pointer, to, vjp.Tasks, rows * count, table.Shape[1], table.Shape[0], gradient.Pointer);
        vjp.Give(0, new Tensor(gradient));
    }

    private struct Body : IRowKernel
    {
        public float* Table, Present, X;
        public int* Index, Outside;
        public int Ids, Width, Stride, Count;

        public readonly void Row(int row)
        {
            int* id = Index + ((nint)row * Stride);
            float* present = Present + ((nint)row * Stride), x = X + ((nint)row * Count * Width);
            for (int l = 0; l < Count; l++, x += Width)
            {
                var target = new Span<float>(x, Width);
                if (present[l] == 0f) target.Clear();
                else if ((uint)id[l] < (uint)Ids) new ReadOnlySpan<float>(Table + ((nint)id[l] * Width), Width).CopyTo(target);
                else *Outside = row;
            }
        }
    }
}
