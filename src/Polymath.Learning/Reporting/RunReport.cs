using Polymath.Learning.Training;

namespace Polymath.Learning.Reporting;

/// <summary>
/// Everything a reader needs to judge a run: what was trained on what, each task's result beside its single-task baseline,
/// the learning history, how the tasks' gradients agreed, and how to repeat it. Plain data: no tensors, no files.
/// </summary>
/// <remarks>What was not measured is null, empty or NaN, and the report says so; nothing is ever filled in.</remarks>
/// <example><code>
/// var report = new RunReport { Name = "census", Model = "mmoe", Tasks = [new TaskReport { Name = "income", PrimaryMetric = "auc" }] };
/// AtomicFile.WriteText("report.html", writer => HtmlReport.Write(report, writer));
/// RunReport copy = RunReport.FromJson(report.ToJson());
/// </code></example>
public sealed record RunReport
{
    /// <summary>Name of the run.</summary>
    public required string Name { get; init; }

    /// <summary>When the run was made, as UTC text.</summary>
    public string Created { get; init; } = "";

    /// <summary>Name of the model.</summary>
    public string Model { get; init; } = "";

    /// <summary>Number of trained parameters.</summary>
    public long? Parameters { get; init; }

    /// <summary>Floating-point operations of one forward pass per row.</summary>
    public long? FlopsPerRow { get; init; }

    /// <summary>Name of the balancer, with its options.</summary>
    public string Balancer { get; init; } = "";

    /// <summary>Seed of the run.</summary>
    public ulong Seed { get; init; }

    /// <summary>Rows trained on.</summary>
    public long TrainRows { get; init; }

    /// <summary>Rows that chose the best epoch.</summary>
    public long ValidRows { get; init; }

    /// <summary>Rows held out to the end; 0 when there was no test set.</summary>
    public long TestRows { get; init; }

    /// <summary>Where the data came from, in words.</summary>
    public string DataSource { get; init; } = "";

    /// <summary>The command line that repeats the run.</summary>
    public string Command { get; init; } = "";

    /// <summary>The tasks, in the model's order; every list per task below follows this order.</summary>
    public IReadOnlyList<TaskReport> Tasks { get; init; } = [];

    /// <summary>Multi-task gain: the mean of the tasks' gains over their single-task baselines, in percent; null without baselines.</summary>
    public double? DeltaM { get; init; }

    /// <summary>Standard deviation of <see cref="DeltaM"/> over seeds, in percentage points; null when one seed was run.</summary>
    public double? DeltaMSpread { get; init; }

    /// <summary>One entry per epoch, in order.</summary>
    public IReadOnlyList<EpochReport> History { get; init; } = [];

    /// <summary>The epoch whose weights were kept, from 0.</summary>
    public int? BestEpoch { get; init; }

    /// <summary>How the tasks' gradients agreed; null when they were not recorded.</summary>
    public GradientConflict? Conflict { get; init; }

    /// <summary>Seconds from start to end.</summary>
    public double? WallSeconds { get; init; }

    /// <summary>Training rows per second.</summary>
    public double? RowsPerSecond { get; init; }

    /// <summary>The memory of a training step; null when it was not measured.</summary>
    public StepMemory? Memory { get; init; }

    /// <summary>In how many steps the balancer's rule was solved; null when that was not recorded.</summary>
    public SolverStatuses? Balancing { get; init; }

    /// <summary>What only boosted trees have; null for other models.</summary>
    public BoostingReport? Boosting { get; init; }

    /// <summary>How a model of experts used them on validation rows; null for other models.</summary>
    public ExpertReport? Experts { get; init; }

    /// <summary>What the reader should know: fallbacks, skipped tasks, warnings.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Files of the run, relative to its folder.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>The report as indented JSON; NaN and infinities are written as the strings "NaN", "Infinity" and "-Infinity".</summary>
    public string ToJson() => RunReportJson.Write(this);

    /// <summary>Reads what <see cref="ToJson"/> wrote; fields it does not know are ignored, missing optional ones keep their defaults.</summary>
    /// <exception cref="FormatException">The text is not JSON, or a field has the wrong type; the message names it.</exception>
    public static RunReport FromJson(string json) => RunReportJson.Read(json);
}
