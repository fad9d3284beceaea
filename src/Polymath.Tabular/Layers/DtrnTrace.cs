using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>What a pass through <see cref="DtrnBottom"/> computed on the way, for inspection: copies that outlive the tape.</summary>
internal sealed class DtrnTrace(int tasks)
{
    private readonly List<Tensor>[] _interests = Lists(tasks), _attention = Lists(tasks);

    /// <summary>Per task, <c>[rows, F + M]</c> (or one per element); empty without refinement.</summary>
    public List<Tensor> RefineWeights { get; } = [];

    /// <summary>Per task and sequence, <c>[rows, e]</c>.</summary>
    public IReadOnlyList<IReadOnlyList<Tensor>> Interests => PerTask(_interests);

    /// <summary>Per task and sequence, <c>[rows, length]</c>.</summary>
    public IReadOnlyList<IReadOnlyList<Tensor>> Attention => PerTask(_attention);

    public void Add(int task, int behaviour, Tensor interest, Tensor attention)
    {
        if (behaviour != _interests[task].Count) throw new ArgumentOutOfRangeException(nameof(behaviour), behaviour, "expected the sequences in order.");
        _interests[task].Add(interest.Keep());
        _attention[task].Add(attention.Keep());
    }

    public void Add(int task, Tensor weights)
    {
        if (task != RefineWeights.Count) throw new ArgumentOutOfRangeException(nameof(task), task, "expected the tasks in order.");
        RefineWeights.Add(weights.Keep());
    }

    private static List<Tensor>[] Lists(int count) => [.. Enumerable.Range(0, count).Select(_ => new List<Tensor>())];

    /// <summary>Without task conditions only the first task has entries; they are those of all.</summary>
    private static List<Tensor>[] PerTask(List<Tensor>[] lists) => [.. lists.Select(list => list.Count > 0 ? list : lists[0])];
}
