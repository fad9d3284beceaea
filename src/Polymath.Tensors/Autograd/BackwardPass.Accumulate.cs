namespace Polymath.Tensors;

/// <summary>How contributions to the cotangent of a value come together.</summary>
internal sealed partial class BackwardPass
{
    /// <summary>Adds a cotangent <c>[rows, ...node shape]</c> to a node's slot.</summary>
    public void Accumulate(Node node, RowSet rows, Tensor gradient)
    {
        if (!Needs(node)) return;
        int slot = node.Index;
        if (IsKept(node) && !_sink!.WantsWhole(node.Leaf!))
        {
            _sink.Accumulate(node.Leaf!, rows, gradient);
            return;
        }

        if (CreateGraph) AccumulateRecorded(slot, rows, gradient);
        else if (_rows[slot] is not { } present) HoldFirst(slot, rows, gradient);
        else Add(slot, present, rows, gradient);
    }

    private void HoldFirst(int slot, RowSet rows, Tensor gradient)
    {
        RowSet promised = _promised[slot] ?? rows;
        if (ReferenceEquals(promised, rows))
        {
            Hold(slot, rows, gradient);
            return;
        }

        Tensor room = new(Tensor.Allocate(tape[slot].Shape.Prepend(promised.Count)));
        RowAccumulation.Merge(room, promised, null, gradient, rows);
        Hold(slot, promised, room);
        _arrived[slot] = rows;
    }

    private void Add(int slot, RowSet present, RowSet rows, Tensor gradient)
    {
        Tensor held = _cotangents[slot];
        RowSet arrived = _arrived[slot] ?? present, union = _sets.Union(present, rows);
        if (!ReferenceEquals(union, present) || !CanWrite(held.Node))
        {
            Tensor sum = new(Tensor.Allocate(tape[slot].Shape.Prepend(union.Count)));
            RowAccumulation.Merge(sum, union, null, held, present);
            Release(slot);
            Hold(slot, union, sum);
            (held, present) = (sum, union);
        }

        RowAccumulation.Merge(held, present, arrived, gradient, rows);
        RowSet now = _sets.Union(arrived, rows);
        _arrived[slot] = ReferenceEquals(now, present) ? null : now;
    }

    private void AccumulateRecorded(int slot, RowSet rows, Tensor gradient)
    {
        if (_rows[slot] is not { } present)
        {
            Hold(slot, rows, gradient);
            return;
        }

        RowSet union = _sets.Union(present, rows);
        Tensor sum = RowAccumulation.Spread(_cotangents[slot], present, union) + RowAccumulation.Spread(gradient, rows, union);
        Release(slot);
        Hold(slot, union, sum);
    }

    /// <summary>Rows that were promised and did not come are zero.</summary>
    private void Complete(int slot)
    {
        if (_arrived[slot] is not { } arrived) return;
        RowAccumulation.ClearMissing(_cotangents[slot], _rows[slot]!, arrived);
        _arrived[slot] = null;
    }

    private void Hold(int slot, RowSet rows, Tensor gradient)
    {
        gradient.Node.Holds++;
        _cotangents[slot] = gradient;
        _rows[slot] = rows;
    }

    private void Release(int slot)
    {
        Node node = _cotangents[slot].Node;
        _cotangents[slot] = default;
        _rows[slot] = null;
        if (--node.Holds == 0 && node.Scratch) tape.Recycle(node);
    }
}
