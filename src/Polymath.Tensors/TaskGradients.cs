using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Polymath.Tensors.Kernels;

namespace Polymath.Tensors;

/// <summary>
/// The gradients of K task losses with respect to the flattened shared parameters: K rows of P floats in one pinned, 64-byte
/// aligned block. Row k is the gradient of loss k.
/// </summary>
/// <example><code>
/// TaskGradients rows = TaskGradients.FromRows([[1f, 0f], [0f, 2f]]);
/// double[] gramian = new double[4];
/// rows.Gramian(gramian);              // [1, 0, 0, 4]
/// float[] update = new float[2];
/// rows.Combine([0.5, 0.5], update);   // [0.5, 1]
/// </code></example>
public sealed unsafe partial class TaskGradients
{
    private const int Alignment = 64, FloatsPerLine = Alignment / sizeof(float);

    private readonly float[] _buffer;
    private readonly int _offset, _stride, _ownOffset, _flat;
    private readonly ParameterLayout? _layout;
    private readonly bool _ownOnly;
    private readonly int _firstOwn;

    // Whether a parameter's part of a row has a value of this sweep, [row * parameters + parameter]; own parameters use row 0.
    private readonly bool[] _written;

    // Which loss reached each of the single tasks' parameters, [parameter]; -1 before any did.
    private readonly int[] _ownRow;

    /// <summary>Zeroed rows for <paramref name="tasks"/> losses and <paramref name="parameters"/> shared parameters.</summary>
    /// <param name="tasks">K, at least 1.</param>
    /// <param name="parameters">P, at least 0.</param>
    public TaskGradients(int tasks, int parameters)
        : this(null, tasks, parameters, RoundUp(parameters), own: 0, extra: 0)
    {
    }

    /// <summary>Rows for the shared parameters of a model, and one more for the parameters that a single task reaches.</summary>
    /// <param name="tasks">K, at least 1.</param>
    /// <param name="layout">Where each parameter lies.</param>
    public TaskGradients(int tasks, ParameterLayout layout)
        : this(layout, tasks, layout.SharedCount, RoundUp(layout.SharedCount), layout.OwnCount, extra: 0)
    {
    }

    /// <summary>One row in the order of <see cref="ParameterLayout.Pack"/>, so that an optimiser can take it as it is: see <see cref="Flat"/>.</summary>
    /// <param name="layout">Where each parameter lies.</param>
    /// <param name="extra">Zeros to append for other trained values, as many as were packed.</param>
    public TaskGradients(ParameterLayout layout, int extra = 0)
        : this(layout, tasks: 1, layout.SharedCount, layout.SharedCount, layout.OwnCount, extra)
        => _flat = layout.Count + extra;

    private TaskGradients(ParameterLayout? layout, int tasks, int parameters, long stride, int own, int extra, bool ownOnly = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tasks);
        ArgumentOutOfRangeException.ThrowIfNegative(parameters);
        ArgumentOutOfRangeException.ThrowIfNegative(extra);
        (_layout, _ownOnly, Tasks, Capacity, Count, OwnCount) = (layout, ownOnly, tasks, tasks, parameters, own);
        long length = (stride * tasks) + own + extra + FloatsPerLine;
        if (length > Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException(nameof(parameters), $"TaskGradients: {tasks} x {parameters} floats exceed {Array.MaxLength}; use a balancer that needs only losses, or fewer shared parameters.");
        }

        _stride = (int)stride;
        _buffer = GC.AllocateUninitializedArray<float>((int)length, pinned: true);
        _offset = AlignedOffset(_buffer);
        _ownOffset = _offset + (_stride * tasks);
        _buffer.AsSpan().Clear();
        _written = new bool[tasks * (layout?.ParameterCount ?? 0)];
        _ownRow = new int[layout?.ParameterCount ?? 0];
        while (_firstOwn < _ownRow.Length && layout!.Entries[_firstOwn].Shared) _firstOwn++;
        Array.Fill(_ownRow, -1);
    }

    /// <summary>K, the number of rows.</summary>
    public int Tasks { get; private set; }

    /// <summary>Rows there is memory for.</summary>
    public int Capacity { get; }

    /// <summary>P, the number of shared parameters.</summary>
    public int Count { get; }

    /// <summary>Floats from one row to the next: P rounded up to a multiple of 16, the padding is zero; P itself when there is one flat row.</summary>
    public int Stride => _stride;

    /// <summary>Copies plain rows, all of the same length.</summary>
    /// <param name="rows">K arrays of P floats.</param>
    /// <exception cref="ArgumentException">No rows, or rows of different lengths.</exception>
    public static TaskGradients FromRows(params float[][] rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Length == 0) throw new ArgumentException("TaskGradients: there are 0 rows, expected at least 1.", nameof(rows));
        var gradients = new TaskGradients(rows.Length, rows[0].Length);
        for (int k = 0; k < rows.Length; k++)
        {
            if (rows[k].Length != gradients.Count)
            {
                throw new ArgumentException($"TaskGradients: row {k} has {rows[k].Length} elements, expected {gradients.Count} as in row 0.", nameof(rows));
            }

            rows[k].CopyTo(gradients.Row(k));
        }

        return gradients;
    }

    /// <summary>Row k: the gradient of loss k, [P].</summary>
    /// <param name="task">k, in [0, <see cref="Tasks"/>).</param>
    public Span<float> Row(int task)
    {
        if ((uint)task >= (uint)Tasks) throw new ArgumentOutOfRangeException(nameof(task), task, $"TaskGradients: expected a task in [0, {Tasks}).");
        return _buffer.AsSpan(_offset + (task * _stride), Count);
    }

    /// <summary>The gradient of the parameters that a single task reaches, each from that task's loss.</summary>
    public Span<float> Own => _buffer.AsSpan(_ownOffset, OwnCount);

    /// <summary>The row, the gradient of single tasks' parameters and the extra values in one span, in the order of the parameter block; empty unless made for one flat row.</summary>
    public Span<float> Flat => _buffer.AsSpan(_offset, _flat);

    /// <summary>Number of parameters in <see cref="Own"/>.</summary>
    public int OwnPartCount => (_layout?.ParameterCount ?? 0) - _firstOwn;

    private int OwnCount { get; }

    private float* Pointer => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_buffer)) + _offset;

    /// <summary>Uses the first rows only, for a step in which some tasks have no labels; no memory moves.</summary>
    /// <param name="tasks">K', in [1, <see cref="Capacity"/>].</param>
    public void Use(int tasks)
    {
        if (tasks < 1 || tasks > Capacity) throw new ArgumentOutOfRangeException(nameof(tasks), tasks, $"TaskGradients: expected 1 to {Capacity} rows.");
        Tasks = tasks;
    }

    /// <summary>Sets every gradient to zero.</summary>
    public void Clear()
    {
        _buffer.AsSpan(_offset, Tasks * _stride).Clear();
        Own.Clear();
        Begin();
    }

    /// <summary>A = G G^T with products and sums in double precision: float sums lose small tasks beside large ones.</summary>
    /// <param name="destination">[K, K] row-major, symmetric on return.</param>
    public void Gramian(Span<double> destination)
    {
        if (destination.Length != Tasks * Tasks)
        {
            throw new ArgumentException($"TaskGradients: the Gramian destination has {destination.Length} elements, expected {Tasks} x {Tasks}.", nameof(destination));
        }

        fixed (double* gramian = destination) Reduce.Gramian(Pointer, Tasks, Count, _stride, gramian);
    }

    /// <summary>The inner products of a part of every row: of one tensor, or of one module.</summary>
    /// <param name="start">First element of the part.</param>
    /// <param name="length">Its elements.</param>
    /// <param name="destination">[K, K] row-major, symmetric on return.</param>
    public void Gramian(int start, int length, Span<double> destination)
    {
        RequirePart(start, length);
        if (destination.Length != Tasks * Tasks) throw new ArgumentException($"TaskGradients: the Gramian destination has {destination.Length} elements, expected {Tasks} x {Tasks}.", nameof(destination));
        fixed (double* gramian = destination) Reduce.Gramian(Pointer + start, Tasks, length, _stride, gramian);
    }

    /// <summary>G H^T with products and sums in double precision: how the gradients of one batch meet those of another.</summary>
    /// <param name="other">H, [L, P]: as many parameters.</param>
    /// <param name="destination">[K, L] row-major: row i of this with row j of <paramref name="other"/>.</param>
    public void CrossGramian(TaskGradients other, Span<double> destination)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Count != Count) throw new ArgumentException($"TaskGradients: found {other.Tasks} x {other.Count} gradients beside {Tasks} x {Count}, expected as many parameters.", nameof(other));
        if (destination.Length != Tasks * other.Tasks) throw new ArgumentException($"TaskGradients: the Gramian destination has {destination.Length} elements, expected {Tasks} x {other.Tasks}.", nameof(destination));
        for (int i = 0; i < Tasks; i++)
        {
            for (int j = 0; j < other.Tasks; j++) destination[(i * other.Tasks) + j] = DoubleSum.Dot(Pointer + ((nint)i * _stride), other.Pointer + ((nint)j * other._stride), Count);
        }
    }

    /// <summary>One parameter in <see cref="Own"/>: where it lies, and whose gradient the last sweep wrote there.</summary>
    /// <param name="index">In [0, <see cref="OwnPartCount"/>), in the order of the layout.</param>
    public OwnPart OwnPart(int index)
    {
        if ((uint)index >= (uint)OwnPartCount) throw new ArgumentOutOfRangeException(nameof(index), index, $"TaskGradients: expected one of {OwnPartCount} parameters of single tasks.");
        ParameterLayout.Entry entry = _layout!.Entries[_firstOwn + index];
        return new OwnPart(_ownRow[entry.Index], entry.Offset, entry.Length);
    }

    /// <summary>Multiplies the gradient of every single task's parameters by that task's factor.</summary>
    /// <param name="factors">[K], in the order of the losses of the last sweep.</param>
    public void ScaleOwn(ReadOnlySpan<double> factors)
    {
        if (_layout is null) return;
        foreach (ParameterLayout.Entry entry in _layout.Entries)
        {
            if (entry.Shared || _ownRow[entry.Index] < 0) continue;
            Span<float> part = Own.Slice(entry.Offset, entry.Length);
            TensorPrimitives.Multiply(part, (float)factors[_ownRow[entry.Index]], part);
        }
    }

    /// <summary>destination = weights^T G, summed in double precision in task order.</summary>
    /// <param name="weights">[K].</param>
    /// <param name="destination">[P], overwritten.</param>
    public void Combine(ReadOnlySpan<double> weights, Span<float> destination)
    {
        if (weights.Length != Tasks || destination.Length != Count)
        {
            throw new ArgumentException($"TaskGradients: got {weights.Length} weights and a destination of {destination.Length}, expected {Tasks} and {Count}.");
        }

        fixed (float* target = destination) Reduce.CombineRows(Pointer, weights, Tasks, Count, _stride, target);
    }

    /// <summary>destination = weights^T G for a part of the rows that begins at <paramref name="start"/>.</summary>
    /// <param name="weights">[K].</param>
    /// <param name="start">First element of the part.</param>
    /// <param name="destination">As long as the part, overwritten.</param>
    public void Combine(ReadOnlySpan<double> weights, int start, Span<float> destination)
    {
        RequirePart(start, destination.Length);
        if (weights.Length != Tasks) throw new ArgumentException($"TaskGradients: got {weights.Length} weights, expected {Tasks}.", nameof(weights));
        fixed (float* target = destination) Reduce.CombineRows(Pointer + start, weights, Tasks, destination.Length, _stride, target);
    }

    private void RequirePart(int start, int length)
    {
        if (start < 0 || length < 0 || start > Count - length) throw new ArgumentOutOfRangeException(nameof(start), start, $"TaskGradients: the {length} elements from {start} on are not all in a row of {Count}.");
    }

    private static long RoundUp(int parameters) => ((long)parameters + FloatsPerLine - 1) / FloatsPerLine * FloatsPerLine;

    private static int AlignedOffset(float[] pinned)
    {
        nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
        return (int)((Alignment - (address % Alignment)) % Alignment) / sizeof(float);
    }
}
