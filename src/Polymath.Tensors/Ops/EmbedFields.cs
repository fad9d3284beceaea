using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>
/// x[i] = [T_1[ids[i, 1]], ..., T_F[ids[i, F]], columns[i]]; dT_f scatters its range of g to the rows that were looked up, adding, and
/// the columns receive theirs.
/// </summary>
internal sealed unsafe class EmbedFields : Op
{
    public static readonly EmbedFields Rule = new();

    public override string Name => "EmbedFields";

    public static Tensor Forward(ReadOnlySpan<Tensor> tables, IndexTensor ids, Tensor columns)
    {
        if (ids.Shape.Rank != 2 || ids.Shape[1] != tables.Length) throw new TensorException($"EmbedFields: found ids {ids.Shape} for {tables.Length} tables, expected [rows, {tables.Length}].");
        int rows = ids.Shape[0], fields = tables.Length, width = 0;
        bool hasColumns = !columns.IsEmpty;
        if (hasColumns && (columns.Shape.Rank != 2 || columns.Shape[0] != rows)) throw new TensorException($"EmbedFields: found columns {columns.Shape}, expected [{rows}, ...] as there are {rows} rows of ids.");
        var inputs = new NodeList(fields + (hasColumns ? 1 : 0));
        FieldRows.Field* places = Scratch.Get<FieldRows.Field>(Scratch.Slot.Partial, fields);
        for (int f = 0; f < fields; f++)
        {
            Node table = tables[f].Node;
            if (table.Shape.Rank != 2) throw new TensorException($"EmbedFields: table {f} has shape {table.Shape}, expected [ids, width].");
            places[f] = new FieldRows.Field { Table = table.Pointer, Ids = table.Shape[0], Width = table.Shape[1], Start = width };
            width += table.Shape[1];
            inputs[f] = table;
        }

        int total = width + (hasColumns ? columns.Shape[1] : 0);
        Node x = Tensor.Allocate(new Shape(rows, total));
        fixed (int* index = ids.Span)
        {
            if (!FieldRows.Gather(places, fields, index, rows, x.Pointer, total)) throw OutsideOfTable(tables, ids);
        }

        if (hasColumns)
        {
            Layout.Unslice(columns.Node.Pointer, rows, total, 1, width, total - width, x.Pointer, accumulate: false);
            inputs[fields] = columns.Node;
        }

        x.Indices = ids;
        return Tensor.Record(Rule, x, inputs.Span);
    }

    public override void Backward(in Vjp vjp)
    {
        IndexTensor ids = vjp.Node.Indices!;
        int fields = ids.Shape[1], start = 0;
        if (!vjp.CreateGraph) start = GiveTables(vjp, ids);
        else
        {
            for (int f = 0; f < fields; f++)
            {
                Shape table = vjp.Node.Inputs[f].Shape;
                if (vjp.Needs(f)) vjp.Give(f, Scatter.Forward(vjp.Gradient.Slice(2, start, table[1]), Column(ids, f), 1, table[0]));
                start += table[1];
            }
        }

        if (vjp.Node.InputCount > fields && vjp.Needs(fields)) vjp.Give(fields, vjp.Gradient.Slice(2, start, vjp.Node.Shape[1] - start));
    }

    /// <summary>Scatters into the gradient rows of the tables, or into tensors of their own that are then given; returns where the columns begin.</summary>
    private static int GiveTables(in Vjp vjp, IndexTensor ids)
    {
        int fields = ids.Shape[1], start = 0, length = 0, count = 0;
        for (int f = 0; f < fields; f++) length = checked(length + (IsGiven(vjp, f) ? vjp.Tasks * vjp.Node.Inputs[f].Shape.Length : 0));
        Node given = Tensor.Allocate(new Shape(length));
        FieldRows.Target* targets = Scratch.Get<FieldRows.Target>(Scratch.Slot.Partial, (nint)fields * vjp.Tasks);
        float* at = given.Pointer;
        for (int f = 0; f < fields; f++)
        {
            Shape table = vjp.Node.Inputs[f].Shape;
            for (int first = 0; vjp.Needs(f) && first < vjp.Tasks;)
            {
                ParameterPlace place = IsGiven(vjp, f) ? new ParameterPlace((nint)at, table.Length, vjp.Tasks, false) : vjp.Place(f, first);
                for (int row = 0; row < place.Rows; row++)
                {
                    var field = new FieldRows.Field { Table = place.First + (row * place.Stride), Ids = table[0], Width = table[1], Start = start };
                    targets[count++] = new FieldRows.Target { Field = field, Column = f, Task = first + row, Accumulate = place.Accumulate };
                }

                first += place.Rows;
            }

            if (IsGiven(vjp, f)) at += vjp.Tasks * table.Length;
            start += table[1];
        }

        fixed (int* index = ids.Span) FieldRows.Scatter(targets, count, fields, index, ids.Shape[0], vjp.Gradient.Node.Pointer, vjp.Node.Shape[1]);
        for (int f = 0, offset = 0; f < fields; f++)
        {
            if (!IsGiven(vjp, f)) continue;
            Shape table = vjp.Node.Inputs[f].Shape;
            vjp.Give(f, new Tensor(Tensor.ViewOf(given, offset, table.Prepend(vjp.Tasks))));
            offset += vjp.Tasks * table.Length;
        }

        return start;
    }

    /// <summary>
    /// Whether a table's gradient goes into a tensor of its own instead of the gradient rows: where it is wanted so, and where an earlier field
    /// has the same table, since all fields are scattered at the same time.
    /// </summary>
    private static bool IsGiven(in Vjp vjp, int field)
        => vjp.Needs(field) && (!vjp.WritesParameter(field) || Array.IndexOf(vjp.Node.Inputs, vjp.Node.Inputs[field], 0, field) >= 0);

    private static IndexTensor Column(IndexTensor ids, int field)
    {
        int rows = ids.Shape[0], fields = ids.Shape[1];
        var column = new IndexTensor([rows]);
        for (int row = 0; row < rows; row++) column.Span[row] = ids.Span[(row * fields) + field];
        return column;
    }

    private static TensorException OutsideOfTable(ReadOnlySpan<Tensor> tables, IndexTensor ids)
    {
        int at = 0;
        while ((uint)ids.Span[at] < (uint)tables[at % tables.Length].Shape[0]) at++;
        return new TensorException($"EmbedFields: id {ids.Span[at]} of field {at % tables.Length} in row {at / tables.Length} is outside [0, {tables[at % tables.Length].Shape[0]}).");
    }
}
