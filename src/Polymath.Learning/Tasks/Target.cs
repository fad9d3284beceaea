using Polymath.Learning.Losses;

namespace Polymath.Learning;

/// <summary>One task: its name, the column (or expression) that holds its label, what it predicts, and how it is trained and judged.</summary>
/// <example><code>
/// var tasks = new TaskSet(Target.Binary("income"), Target.Regression("hours") with { Metric = "mae" });
/// </code></example>
public sealed record Target
{
    /// <summary>The task's name, unique in its set.</summary>
    public required string Name { get; init; }

    /// <summary>What is predicted.</summary>
    public required TaskKind Kind { get; init; }

    /// <summary>The label column, or an expression such as <c>marital-status==Never-married</c>; the name when not given.</summary>
    public string Column
    {
        get => field ?? Name;
        init;
    }

    /// <summary>Class names in the order of class numbers; empty for numbers.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>How many classes a multi-class task has; 2 for binary, 0 for numbers.</summary>
    public int ClassCount { get; init; }

    /// <summary>Numbers a model puts out per row: one logit per class for multi-class, else 1.</summary>
    public int Outputs => Kind == TaskKind.MultiClass ? ClassCount : 1;

    /// <summary>The training loss; null chooses by <see cref="Kind"/>: BCE with logits, cross-entropy, MSE, Poisson.</summary>
    public Loss? Loss { get; init; }

    /// <summary>The primary metric by name; null chooses by <see cref="Kind"/>: auc, accuracy, r2, mae.</summary>
    public string? Metric { get; init; }

    /// <summary>Mean of the labels in original units, subtracted for training; 0 when labels are used as they are.</summary>
    public float Mean { get; init; }

    /// <summary>Standard deviation of the labels in original units, divided out for training; 1 when labels are used as they are.</summary>
    public float Deviation { get; init; } = 1f;

    /// <summary>Added to the logit of a binary task before its probability is given: log(share) when only a share of the negative labels was trained on; 0 otherwise.</summary>
    public float LogitShift { get; init; }

    /// <summary>A task with labels 0 and 1.</summary>
    public static Target Binary(string name, string? column = null) => new() { Name = name, Kind = TaskKind.Binary, Column = column!, ClassCount = 2 };

    /// <summary>A task with several classes; 0 leaves their number to the data.</summary>
    public static Target MultiClass(string name, int classes = 0, string? column = null) => new() { Name = name, Kind = TaskKind.MultiClass, Column = column!, ClassCount = classes };

    /// <summary>A task with real-valued labels.</summary>
    public static Target Regression(string name, string? column = null) => new() { Name = name, Kind = TaskKind.Regression, Column = column! };

    /// <summary>A task with counts.</summary>
    public static Target Count(string name, string? column = null) => new() { Name = name, Kind = TaskKind.Count, Column = column! };
}
