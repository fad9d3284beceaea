namespace Polymath.Boosting;

/// <summary>Rows sorted by task, so that each task is a range.</summary>
internal static class TaskOrder
{
    /// <summary>The data in task order, and the first row of each task with the number of rows at the end. Without tasks there is one range.</summary>
    public static (BoostingData Data, int[] Starts) Sort(BoostingData data)
    {
        if (data.TaskOfRow is not { } tasks) return (data, [0, data.Rows]);
        int[] starts = new int[data.Tasks!.Count + 1];
        foreach (int task in tasks) starts[task + 1]++;
        for (int task = 0; task < data.Tasks.Count; task++) starts[task + 1] += starts[task];
        bool sorted = true;
        for (int row = 1; row < tasks.Length; row++) sorted &= tasks[row - 1] <= tasks[row];
        if (sorted) return (data, starts);
        int[] next = [.. starts], order = new int[tasks.Length];
        for (int row = 0; row < tasks.Length; row++) order[next[tasks[row]]++] = row;
        return (data.Take(order), starts);
    }
}
