namespace Polymath.Data.Generators;

/// <summary>What <see cref="SyntheticMultiTaskData"/> generates; the defaults are those of the paper.</summary>
public sealed record SyntheticMultiTaskOptions
{
    /// <summary>How the tasks hang together.</summary>
    public SyntheticScenario Scenario { get; init; } = SyntheticScenario.Outliers;

    /// <summary>Whether the label is the sign of the function, 0 or 1, instead of its value.</summary>
    public bool Classification { get; init; }

    /// <summary>Number of tasks, 1 or more.</summary>
    public int Tasks { get; init; } = 10;

    /// <summary>How many of the last tasks do not belong, with <see cref="SyntheticScenario.Outliers"/>. Range: 0 to <see cref="Tasks"/>.</summary>
    public int OutlierTasks { get; init; } = 2;

    /// <summary>Number of features, 1 or more.</summary>
    public int Features { get; init; } = 5;

    /// <summary>Training rows of a task, 1 or more.</summary>
    public int Rows { get; init; } = 300;

    /// <summary>Test rows of a task, 0 or more.</summary>
    public int TestRows { get; init; } = 1_000;

    /// <summary>Seed of the random stream.</summary>
    public ulong Seed { get; init; }

    /// <summary>Checks all ranges.</summary>
    /// <exception cref="TableException">An option is out of range; the message says which.</exception>
    internal void Validate()
    {
        if (!Enum.IsDefined(Scenario)) throw Range("scenario", (int)Scenario, "1 to 4");
        if (Tasks < 1) throw Range("tasks", Tasks, "1 or more");
        if (OutlierTasks < 0 || OutlierTasks > Tasks) throw Range("outlier tasks", OutlierTasks, $"0 to {Tasks}");
        if (Features < 1) throw Range("features", Features, "1 or more");
        if (Rows < 1) throw Range("rows", Rows, "1 or more");
        if (TestRows < 0) throw Range("test rows", TestRows, "0 or more");
    }

    private static TableException Range(string option, int found, string expected) => new($"{option}: found {found}, expected {expected}.");
}
