using System.Globalization;
using Polymath.Data;

namespace Polymath.Boosting;

/// <summary>
/// The tasks of a training set by label. A label gets its number when the index is made and keeps it: rows of new data are looked up, and
/// a batch that lacks some tasks changes nothing.
/// </summary>
/// <example><code>
/// TaskIndex tasks = TaskIndex.Of(["north", "south", "north"]);
/// int[] numbers = tasks.Find(["south"]);   // [1]
/// </code></example>
public sealed class TaskIndex
{
    private readonly Dictionary<string, int> _taskOf = new(StringComparer.Ordinal);

    /// <summary>An index over labels in the given order.</summary>
    /// <param name="labels">Distinct labels, 1 or more.</param>
    /// <exception cref="BoostingException">There is none, or one comes twice.</exception>
    public TaskIndex(IEnumerable<string> labels)
    {
        Labels = [.. labels];
        if (Labels.Count == 0) throw new BoostingException("there is no task, expected at least one label.");
        for (int task = 0; task < Labels.Count; task++)
        {
            if (!_taskOf.TryAdd(Labels[task], task)) throw new BoostingException($"the task '{Labels[task]}' is listed twice, expected distinct labels.");
        }
    }

    /// <summary>The labels by task number.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Number of tasks.</summary>
    public int Count => Labels.Count;

    /// <summary>An index over the distinct labels of rows: numbers by value, other texts ordinally.</summary>
    /// <param name="labelOfRow">The label of each row.</param>
    public static TaskIndex Of(IEnumerable<string> labelOfRow)
    {
        string[] labels = [.. labelOfRow.Distinct(StringComparer.Ordinal)];
        bool numbers = Array.TrueForAll(labels, label => double.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out _));
        return new TaskIndex(numbers ? labels.OrderBy(label => double.Parse(label, CultureInfo.InvariantCulture)).ThenBy(label => label, StringComparer.Ordinal) : labels.Order(StringComparer.Ordinal));
    }

    /// <summary>Task numbers of rows.</summary>
    /// <param name="labelOfRow">The label of each row.</param>
    /// <param name="unknown">What an unknown label does: an error, or the number -1.</param>
    /// <exception cref="BoostingException">A label is unknown and that is an error.</exception>
    public int[] Find(IEnumerable<string> labelOfRow, UnknownTask unknown = UnknownTask.Error)
    {
        ArgumentNullException.ThrowIfNull(labelOfRow);
        var tasks = new List<int>();
        foreach (string label in labelOfRow)
        {
            if (_taskOf.TryGetValue(label, out int task)) tasks.Add(task);
            else if (unknown == UnknownTask.Unassigned) tasks.Add(-1);
            else throw new BoostingException($"row {tasks.Count + 1}: task '{label}' was not in training{Suggestion.Tail(label, [.. Labels])}");
        }

        return [.. tasks];
    }
}
