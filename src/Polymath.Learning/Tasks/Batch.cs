using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>The rows of one step: inputs and labels.</summary>
public sealed class Batch
{
    /// <summary>Number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Numeric inputs, <c>[rows, features]</c>; zero features when there are none.</summary>
    public required Tensor Numeric { get; init; }

    /// <summary>Category ids, <c>[rows, fields]</c>; zero fields when there are none.</summary>
    public required IndexTensor Categories { get; init; }

    /// <summary>
    /// Labels, <c>[rows, tasks]</c>: 0/1, class numbers, standardised numbers or counts. NaN means not observed: the row does not
    /// take part in that task's loss.
    /// </summary>
    public required Tensor Targets { get; init; }
}
