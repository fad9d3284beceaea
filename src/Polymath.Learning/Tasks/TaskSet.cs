using System.Collections;

namespace Polymath.Learning;

/// <summary>The named tasks of one model, in order. The losses of a step are a vector over this order, never a sum.</summary>
public sealed class TaskSet : IReadOnlyList<Target>
{
    private readonly Target[] _targets;

    /// <summary>A set of tasks.</summary>
    /// <exception cref="ArgumentException">No task, or two of the same name.</exception>
    public TaskSet(params IEnumerable<Target> targets)
    {
        _targets = [.. targets];
        if (_targets.Length == 0) throw new ArgumentException("TaskSet: found no tasks, expected at least one.", nameof(targets));
        string? twice = _targets.GroupBy(target => target.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null) throw new ArgumentException($"TaskSet: two tasks are named '{twice}'.", nameof(targets));
    }

    /// <summary>Number of tasks, K.</summary>
    public int Count => _targets.Length;

    /// <summary>Outputs of all tasks together.</summary>
    public int Outputs => _targets.Sum(target => target.Outputs);

    /// <summary>The task at a position.</summary>
    public Target this[int index] => _targets[index];

    /// <summary>Position of a task by name, -1 if there is none.</summary>
    public int IndexOf(string name) => Array.FindIndex(_targets, target => target.Name == name);

    /// <inheritdoc/>
    public IEnumerator<Target> GetEnumerator() => ((IEnumerable<Target>)_targets).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
