using Polymath.Merging.TaskVectors;

namespace Polymath.Merging.Masks;

/// <summary>How task vectors become the one multi-task vector that masks are cut from.</summary>
public sealed record MultiTaskVectorRule
{
    private readonly GlobalTiesOptions? _ties;

    private MultiTaskVectorRule(string name, GlobalTiesOptions? ties) => (Name, _ties) = (name, ties);

    /// <summary>The plain sum, as in task arithmetic, with no scale.</summary>
    public static MultiTaskVectorRule Sum { get; } = new("sum", null);

    /// <summary>"sum" or "ties".</summary>
    public string Name { get; }

    /// <summary>TIES over the whole model with the sum of agreeing entries, with no scale.</summary>
    /// <param name="keep">The part of each vector that is kept, as in <see cref="GlobalTiesOptions.Keep"/>.</param>
    public static MultiTaskVectorRule Ties(double keep = 20) => new("ties", GlobalTiesOptions.TallMasks with { Keep = keep });

    /// <summary>The multi-task vector.</summary>
    /// <param name="vectors">One per task.</param>
    public TaskVector Combine(IReadOnlyList<TaskVector> vectors) => _ties is null ? TaskVector.Sum(vectors) : GlobalTies.Merge(vectors, _ties);
}
