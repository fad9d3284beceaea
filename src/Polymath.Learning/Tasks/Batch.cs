using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>The rows of one step: inputs and labels.</summary>
public sealed class Batch
{
    private int _rows;
    private Tensor _numeric, _targets;
    private IndexTensor _categories = null!;
    private Tensor _sequenceMask;

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

    /// <summary>
    /// Ids of the sequences, <c>[rows, longest lengths together]</c>: every sequence has as many columns as it may have items, its items first, in
    /// order, then padding with id 0. Null when there are none.
    /// </summary>
    public IndexTensor? SequenceIds { get; init; }

    /// <summary>1 where <see cref="SequenceIds"/> holds an item and 0 where it holds padding, of the same shape; empty when there are none.</summary>
    public Tensor SequenceMask
    {
        get => _sequenceMask;
        init => _sequenceMask = value;
    }

    /// <summary>The same object for other rows of the same number; its ids are written into the same tensors.</summary>
    internal void Refill(Tensor numeric, Tensor targets, Tensor sequenceMask) => (_numeric, _targets, _sequenceMask) = (numeric, targets, sequenceMask);
}
