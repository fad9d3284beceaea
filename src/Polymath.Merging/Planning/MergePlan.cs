using Polymath.Merging.Blending;

namespace Polymath.Merging.Planning;

/// <summary>
/// Everything about a merge before a byte is read or written: each output tensor with its sources and resolved parameters. A plan is made from headers
/// and configurations alone, so every mistake that they show is found before the work begins.
/// </summary>
public sealed class MergePlan : IDisposable
{
    private readonly IReadOnlyList<IDisposable> _open;

    /// <summary>A plan.</summary>
    /// <param name="tensors">The output tensors, in the order in which their inputs lie in the files.</param>
    /// <param name="settings">What holds for the whole merge.</param>
    /// <param name="open">The checkpoints that the plan reads; disposed with it.</param>
    public MergePlan(IReadOnlyList<PlannedTensor> tensors, MergeSettings settings, IReadOnlyList<IDisposable> open)
    {
        Tensors = tensors;
        Settings = settings;
        _open = open;
    }

    /// <summary>The output tensors, in the order in which their inputs lie in the files.</summary>
    public IReadOnlyList<PlannedTensor> Tensors { get; }

    /// <summary>What holds for the whole merge.</summary>
    public MergeSettings Settings { get; }

    /// <summary>Files to write beside the tensors.</summary>
    public IReadOnlyList<PlannedFile> Files { get; init; } = [];

    /// <summary>Every file that is read, for the identity of a merge that is resumed.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>What the configuration does that its author may not expect, a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The configuration as it was read.</summary>
    public string Configuration { get; init; } = string.Empty;

    /// <summary>Bytes of the output tensors.</summary>
    public long OutputBytes => Tensors.Sum(tensor => tensor.Bytes);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable open in _open) open.Dispose();
    }
}
