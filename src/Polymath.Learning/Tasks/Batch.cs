using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>The rows of one step: inputs and labels.</summary>
public sealed class Batch
{
    private int _rows;
    private Tensor _numeric, _targets;
    private IndexTensor _categories = null!;

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

    /// <summary>The same object for other rows of the same number; its ids are written into the same tensor.</summary>
    internal void Refill(Tensor numeric, Tensor targets) => (_numeric, _targets) = (numeric, targets);
}
