using Polymath.Learning;
using Polymath.Learning.Training;

namespace Polymath.Tabular;

/// <summary>Tasks of which each can only happen after the one before: impression, click, purchase.</summary>
internal static class Funnel
{
    /// <summary>Throws unless there are at least two tasks and all are binary.</summary>
    public static void Require(string model, TaskSet tasks)
    {
        if (tasks.FirstOrDefault(task => task.Kind != TaskKind.Binary) is { } other) throw new ModelException($"task '{other.Name}' is {other.Kind.ToString().ToLowerInvariant()}; {model} expects binary tasks in the order of a funnel, such as click and buy.");
        if (tasks.Count < 2) throw new ModelException($"found the task '{tasks[0].Name}' only; {model} expects at least two in the order of a funnel, such as click and buy.");
    }

    /// <summary>Throws when a step happens in a row without the one before.</summary>
    public static void RequireLabels(string model, TaskSet tasks, Dataset data)
    {
        for (int row = 0; row < data.Rows; row++)
        {
            for (int task = 1; task < tasks.Count; task++)
            {
                if (!(data.Label(row, task) > data.Label(row, task - 1))) continue;
                string place = data.SourceRow(row) is >= 0 and int source ? $"row {source + 1} of the table" : $"row {row + 1} of the data set";
                throw new TrainingException($"in {place} '{tasks[task].Name}' is 1 and '{tasks[task - 1].Name}' before it is 0; {model} expects that each step of the funnel implies the one before, so check the order of the targets.");
            }
        }
    }
}
