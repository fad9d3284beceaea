using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>The rows of one step: inputs and labels.</summary>
public sealed class Batch
{
    private int _rows;
    private Tensor _numeric, _targets;
    private IndexTensor _categories = null!;
    private IndexTensor[] _columns = [];

    /// <summary>Number of rows.</summary>
    public required int Rows
    {
        get => _rows;
        init => _rows = value;
    }

    /// <summary>Numeric inputs, <c>[rows, features]</c>; zero features when there are none.</summary>
    public required Tensor Numeric
    {
        get => _numeric;
        init => _numeric = value;
    }

    /// <summary>Category ids, <c>[rows, fields]</c>; zero fields when there are none.</summary>
    public required IndexTensor Categories
    {
        get => _categories;
        init => _categories = value;
    }

    /// <summary>
    /// Labels, <c>[rows, tasks]</c>: 0/1, class numbers, standardised numbers or counts. NaN means not observed: the row does not
    /// take part in that task's loss.
    /// </summary>
    public required Tensor Targets
    {
        get => _targets;
        init => _targets = value;
    }

    /// <summary>The ids of one field, <c>[rows]</c>; the same tensor on every call.</summary>
    /// <param name="field">Position of the field.</param>
    public IndexTensor Column(int field)
    {
        int fields = _categories.Shape[1];
        ArgumentOutOfRangeException.ThrowIfNegative(field);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(field, fields);
        if (_columns.Length != fields) _columns = new IndexTensor[fields];
        IndexTensor column = _columns[field] ??= new IndexTensor([_rows]);
        Span<int> ids = column.Span;
        ReadOnlySpan<int> all = _categories.Span;
        for (int row = 0; row < ids.Length; row++) ids[row] = all[(row * fields) + field];
        return column;
    }

    /// <summary>The same object for other rows of the same number; its index tensors are used again.</summary>
    internal void Refill(Tensor numeric, Tensor targets) => (_numeric, _targets) = (numeric, targets);
}
