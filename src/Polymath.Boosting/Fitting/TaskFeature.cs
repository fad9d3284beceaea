namespace Polymath.Boosting;

/// <summary>The task of a row as a feature.</summary>
internal static class TaskFeature
{
    private const string Name = "task";

    /// <summary>The features with one column more that holds the task number, or with a 0/1 column for each task.</summary>
    /// <param name="features">The features.</param>
    /// <param name="taskOfRow">Task numbers; -1 becomes missing, or all zeros.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="oneHot">Whether there is a column for each task.</param>
    public static FeatureMatrix Append(FeatureMatrix features, ReadOnlySpan<int> taskOfRow, TaskIndex tasks, bool oneHot)
    {
        int width = features.Width, added = oneHot ? tasks.Count : 1;
        float[] values = new float[features.Rows * (width + added)];
        for (int row = 0; row < features.Rows; row++)
        {
            Span<float> into = values.AsSpan(row * (width + added), width + added);
            features.Row(row).CopyTo(into);
            int task = taskOfRow[row];
            if (!oneHot) into[width] = task < 0 ? float.NaN : task;
            else if (task >= 0) into[width + task] = 1;
        }

        return new FeatureMatrix(values, [.. features.Features, .. Columns(tasks, oneHot)]);
    }

    /// <summary>The columns that are added.</summary>
    public static IEnumerable<FeatureDescription> Columns(TaskIndex tasks, bool oneHot)
        => oneHot ? tasks.Labels.Select(label => new FeatureDescription($"{Name}={label}")) : [new FeatureDescription(Name, tasks.Count)];
}
