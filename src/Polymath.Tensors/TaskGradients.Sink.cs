using System.Numerics.Tensors;

namespace Polymath.Tensors;

// The rows as the end of a sweep: where a rule writes a parameter's gradient, and which parts have a value.
public sealed unsafe partial class TaskGradients : IGradientSink
{
    bool IGradientSink.Holds(Node leaf) => _layout is not null && _layout.TryFind(leaf, out ParameterLayout.Entry entry) && (entry.Shared ? !_ownOnly : !SharedOnly);

    bool IGradientSink.WantsWhole(Node leaf) => false;

    ParameterPlace IGradientSink.Place(Node leaf, RowSet rows, int first) => Place(leaf, rows, first);

    void IGradientSink.Accumulate(Node leaf, RowSet rows, Tensor gradient) => Accumulate(leaf, rows, gradient);

    void IGradientSink.Begin() => Begin();

    void IGradientSink.End() => End();

    /// <summary>Leaves the parameters of single tasks out of the sweeps to come: their gradients are known already.</summary>
    internal bool SharedOnly { get; set; }

    /// <summary>Only the part for the parameters that a single task reaches.</summary>
    internal static TaskGradients OfOwn(ParameterLayout layout) => new(layout, tasks: 1, parameters: 0, stride: 0, layout.OwnCount, extra: 0, ownOnly: true);

    /// <summary>Starts a sweep: what is here will be overwritten parameter by parameter, without a pass that clears it first.</summary>
    internal void Begin()
    {
        Array.Clear(_written);
        Array.Fill(_ownRow, -1);
    }

    /// <summary>Ends a sweep: parameters that no loss reached have gradient zero.</summary>
    internal void End()
    {
        if (_layout is null) return;
        foreach (ParameterLayout.Entry entry in _layout.Entries)
        {
            if (entry.Shared ? _ownOnly : SharedOnly) continue;
            for (int row = 0; row < (entry.Shared ? Tasks : 1); row++)
            {
                ref bool written = ref _written[(row * _layout.ParameterCount) + entry.Index];
                if (!written) Part(entry, row).Clear();
                written = true;
            }
        }
    }

    /// <summary>Where a leaf's gradient goes for the rows from <paramref name="first"/> on, as far as they lie at equal distances and are all new or all not.</summary>
    internal ParameterPlace Place(Node leaf, RowSet rows, int first)
    {
        if (!_layout!.TryFind(leaf, out ParameterLayout.Entry entry)) throw new InvalidOperationException("TaskGradients: a parameter of another layout.");
        nint distance = 0;
        int count = 1;
        bool accumulate = Claim(entry, rows.Rows[first]);
        for (; entry.Shared && first + count < rows.Count && IsClaimed(entry, rows.Rows[first + count]) == accumulate; count++)
        {
            nint step = rows.Rows[first + count] - rows.Rows[first + count - 1];
            if (count > 1 && step != distance) break;
            distance = step;
            Claim(entry, rows.Rows[first + count]);
        }

        float* start = entry.Shared ? Pointer + ((nint)rows.Rows[first] * _stride) : Pointer + (_ownOffset - _offset);
        return new ParameterPlace((nint)(start + entry.Offset), distance * _stride, count, accumulate);
    }

    /// <summary>Adds a leaf's stacked gradient <c>[rows, ...leaf shape]</c>.</summary>
    internal void Accumulate(Node leaf, RowSet rows, Tensor gradient)
    {
        if (_layout is null || !_layout.TryFind(leaf, out ParameterLayout.Entry entry)) return;
        ReadOnlySpan<float> values = gradient.Span;
        for (int i = 0; i < rows.Count; i++)
        {
            Span<float> target = Part(entry, rows.Rows[i]);
            ReadOnlySpan<float> source = values.Slice(i * entry.Length, entry.Length);
            if (Claim(entry, rows.Rows[i])) TensorPrimitives.Add(target, source, target);
            else source.CopyTo(target);
        }
    }

    private Span<float> Part(in ParameterLayout.Entry entry, int row)
        => entry.Shared ? Row(row).Slice(entry.Offset, entry.Length) : Own.Slice(entry.Offset, entry.Length);

    private bool IsClaimed(in ParameterLayout.Entry entry, int row) => _written[((entry.Shared ? row : 0) * _layout!.ParameterCount) + entry.Index];

    /// <summary>Marks a part as written; true when it was before.</summary>
    private bool Claim(in ParameterLayout.Entry entry, int row)
    {
        bool before = IsClaimed(entry, row);
        _written[((entry.Shared ? row : 0) * _layout!.ParameterCount) + entry.Index] = true;
        if (!entry.Shared) _ownRow[entry.Index] = row;
        return before;
    }
}
