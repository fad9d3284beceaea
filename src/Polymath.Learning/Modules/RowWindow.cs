using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>
/// The rows of a table that one training step touches, gathered into a small tensor that takes the table's place among the trained values:
/// its gradient, the balancer's view of it and the optimiser's step cost what the touched rows cost, however large the table is. After the
/// step the rows and their part of the optimiser's memory go back. Rows never touched have no memory and cost nothing.
/// </summary>
/// <remarks>Adam and the like then move a row, and forget its old gradients, only in steps that touch it, as torch's SparseAdam does; weight decay likewise.</remarks>
public sealed class RowWindow
{
    private readonly Parameter _table;
    private readonly int _width;
    private readonly int[] _number;
    private int[] _rows = [], _slots = [], _slotNumbers = [];
    private float[] _initial = [];
    private float[][] _memory = [], _optimizer = [];
    private float[] _fresh = [];
    private Tensor _values;
    private int _offset, _used;

    internal RowWindow(Parameter table)
    {
        _table = table;
        _width = table.Shape[1];
        _number = new int[table.Shape[0]];
    }

    /// <summary>Rows that training has touched so far.</summary>
    public int Touched { get; private set; }

    /// <summary>Whether a step is in progress: lookups go to the window and not to the table.</summary>
    internal bool IsActive { get; private set; }

    /// <summary>The touched rows of the step, <c>[capacity, width]</c>; a leaf of the tape.</summary>
    internal Tensor Values => _values;

    /// <summary>Touched rows in the order of their first touch.</summary>
    internal ReadOnlySpan<int> Rows => _rows.AsSpan(0, Touched);

    /// <summary>What those rows were before training, <c>[touched, width]</c>.</summary>
    internal ReadOnlySpan<float> Initial => _initial.AsSpan(0, Touched * _width);

    /// <summary>What the optimiser remembers of those rows, one array <c>[touched, width]</c> for each of its own.</summary>
    internal IEnumerable<ReadOnlyMemory<float>> Memory => _memory.Select(values => (ReadOnlyMemory<float>)values.AsMemory(0, Touched * _width));

    /// <summary>Makes room for a fit; forgets an earlier one.</summary>
    /// <param name="lookups">Most rows that one step looks up, repetitions counted.</param>
    internal void Open(int lookups)
    {
        int capacity = Math.Min(lookups, _table.Shape[0]);
        _values = Tensor.Zeros(capacity, _width).WithGradient();
        _slotNumbers = new int[capacity];
        Array.Clear(_number);
        (_rows, _slots, _initial, _memory) = ([], [], [], []);
        Touched = _used = 0;
        IsActive = false;
    }

    /// <summary>Tells where the window lies among the trained values and what the optimiser keeps for them; its memory must be fresh.</summary>
    internal void Attach(float[][] optimizer, int offset)
    {
        (_optimizer, _offset) = (optimizer, offset);
        _fresh = [.. optimizer.Select(values => values[offset])];
        _memory = [.. optimizer.Select(_ => Array.Empty<float>())];
    }

    /// <summary>From here on lookups go to the window.</summary>
    internal void Begin() => IsActive = true;

    /// <summary>Where a row lies in the window; the first lookup of a step brings it there.</summary>
    /// <exception cref="TensorException">The row is outside the table.</exception>
    internal int SlotOf(int row)
    {
        if ((uint)row >= (uint)_number.Length) throw new TensorException($"Embedding: id {row} is outside [0, {_number.Length}).");
        int number = _number[row] - 1;
        if (number < 0) number = Touch(row);
        if (_slots[number] >= 0) return _slots[number];
        int slot = _slots[number] = _used++;
        _slotNumbers[slot] = number;
        TableRow(row).CopyTo(_values.Span.Slice(slot * _width, _width));
        return slot;
    }

    /// <summary>Gives the optimiser what it remembers of the rows in the window.</summary>
    internal void LoadMemory()
    {
        for (int m = 0; m < _memory.Length; m++)
        {
            for (int slot = 0; slot < _used; slot++) _memory[m].AsSpan(_slotNumbers[slot] * _width, _width).CopyTo(_optimizer[m].AsSpan(_offset + (slot * _width)));
        }
    }

    /// <summary>Takes the rows and the optimiser's memory of them back, and ends the step.</summary>
    /// <param name="moved">Whether there was an update; otherwise nothing is taken.</param>
    internal void End(bool moved)
    {
        ReadOnlySpan<float> values = _values.Span;
        for (int slot = 0; slot < _used; slot++)
        {
            int number = _slotNumbers[slot], at = slot * _width;
            _slots[number] = -1;
            if (!moved) continue;
            values.Slice(at, _width).CopyTo(TableRow(_rows[number]));
            for (int m = 0; m < _memory.Length; m++) _optimizer[m].AsSpan(_offset + at, _width).CopyTo(_memory[m].AsSpan(number * _width));
        }

        _used = 0;
        IsActive = false;
    }

    /// <summary>The touched rows as they are now, <c>[touched, width]</c>.</summary>
    internal void CopyTouched(Span<float> destination)
    {
        for (int number = 0; number < Touched; number++) TableRow(_rows[number]).CopyTo(destination[(number * _width)..]);
    }

    /// <summary>Sets the rows touched first to the given values, and those touched later to what they were before training.</summary>
    /// <param name="values"><c>[n, width]</c> for the first n touched rows.</param>
    internal void Restore(ReadOnlySpan<float> values)
    {
        for (int number = 0; number < Touched; number++)
        {
            int at = number * _width;
            (at < values.Length ? values.Slice(at, _width) : _initial.AsSpan(at, _width)).CopyTo(TableRow(_rows[number]));
        }
    }

    /// <summary>Brings back what a checkpoint holds.</summary>
    internal void Load(ReadOnlySpan<int> rows, ReadOnlySpan<float> initial, ReadOnlySpan<float> values, IReadOnlyList<float[]> memory)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            if ((uint)rows[i] >= (uint)_number.Length || _number[rows[i]] != 0) throw new FormatException($"row {rows[i]} of a table of {_number.Length} rows is listed twice or does not exist");
            Touch(rows[i]);
        }

        initial.CopyTo(_initial);
        for (int m = 0; m < _memory.Length; m++) memory[m].AsSpan(0, rows.Length * _width).CopyTo(_memory[m]);
        Restore(values);
    }

    private int Touch(int row)
    {
        int number = Touched++;
        if (number == _rows.Length) Grow();
        _number[row] = number + 1;
        _rows[number] = row;
        _slots[number] = -1;
        TableRow(row).CopyTo(_initial.AsSpan(number * _width));
        for (int m = 0; m < _memory.Length; m++) _memory[m].AsSpan(number * _width, _width).Fill(_fresh[m]);
        return number;
    }

    private void Grow()
    {
        const int Smallest = 1024;
        int length = Math.Min(_number.Length, Math.Max(Smallest, 2 * _rows.Length));
        Array.Resize(ref _rows, length);
        Array.Resize(ref _slots, length);
        Array.Resize(ref _initial, length * _width);
        for (int m = 0; m < _memory.Length; m++) Array.Resize(ref _memory[m], length * _width);
    }

    private Span<float> TableRow(int row) => _table.Value.Span.Slice(row * _width, _width);
}
