namespace Polymath.Boosting;

/// <summary>
/// How trees are boosted: which blocks there are, how a tree is grown, and what is random. The presets are the systems that the paper
/// compares; they differ in the blocks only.
/// </summary>
/// <remarks>
/// Emami, Martínez-Muñoz, Hernández-Lobato, "Robust Multi-Task Gradient Boosting", Expert Systems with Applications 2025
/// (arXiv 2507.11411). Without <see cref="Paper"/> trees are grown from histograms with Newton leaves, to any size.
/// </remarks>
/// <example><code>
/// BoostingOptions fast  = BoostingOptions.RobustMultiTask(shared: 50, robust: 50, task: 100) with { MaxLeaves = 15 };
/// BoostingOptions paper = BoostingOptions.RobustMultiTask(shared: 50, robust: 50, task: 100).Paper();
/// </code></example>
public sealed record BoostingOptions
{
    /// <summary>Iterations of block 1: trees that all tasks share. Range: 0 or more.</summary>
    public int SharedIterations { get; init; } = 50;

    /// <summary>Iterations of block 2: an outlier and a non-outlier tree each, mixed per task by sigmoid(theta). Range: 0 or more.</summary>
    public int RobustIterations { get; init; } = 50;

    /// <summary>Iterations of block 3: a tree per task. Range: 0 or more.</summary>
    public int TaskIterations { get; init; } = 50;

    /// <summary>Gives the task to the trees of blocks 1 and 2 as a feature: one categorical column, or one 0/1 column a task for the exact learner.</summary>
    public bool TaskAsFeature { get; init; }

    /// <summary>Factor on every tree, and step of theta. Range: above 0.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>The loss, "name" or "name:parameter=value" of <see cref="BoostingLosses"/>; empty for the default of each target's kind: squared, logistic, softmax or poisson.</summary>
    public string Loss { get; init; } = string.Empty;

    /// <summary>Where the scores start.</summary>
    public InitialPrediction Initial { get; init; } = InitialPrediction.Constant;

    /// <summary>How a tree looks for its splits.</summary>
    public LearnerKind Learner { get; init; } = LearnerKind.Histogram;

    /// <summary>What a leaf holds.</summary>
    public LeafRule Leaves { get; init; } = LeafRule.Newton;

    /// <summary>Which leaf is split next.</summary>
    public TreeGrowth Growth { get; init; } = TreeGrowth.LeafWise;

    /// <summary>Most leaves of a tree. Range: 1 or more; 2 makes stumps.</summary>
    public int MaxLeaves { get; init; } = 31;

    /// <summary>Most splits between root and leaf; 0 for no limit.</summary>
    public int MaxDepth { get; init; }

    /// <summary>Soft threshold on the gradient sum of a leaf. Range: 0 or more.</summary>
    public double L1 { get; init; }

    /// <summary>Added to the curvature of a leaf. Range: 0 or more.</summary>
    public double L2 { get; init; } = 1;

    /// <summary>Least summed curvature of a leaf: rows, where the curvature is 1. Range: 0 or more.</summary>
    public double MinChildWeight { get; init; } = 1;

    /// <summary>Least gain of a split. Range: 0 or more.</summary>
    public double MinGain { get; init; }

    /// <summary>Most bins of a feature, the one for missing values not counted. Range: 2 to 255.</summary>
    public int MaxBins { get; init; } = 255;

    /// <summary>Share of the rows that each iteration sees, drawn anew without replacement. Range: (0, 1].</summary>
    public double RowSample { get; init; } = 1;

    /// <summary>Share of the columns that each tree may split on, drawn anew. Range: (0, 1].</summary>
    public double ColumnSample { get; init; } = 1;

    /// <summary>Added to the curvature of a category when categories are ordered by their mean gradient. Range: 0 or more.</summary>
    public double CategorySmoothing { get; init; } = 10;

    /// <summary>Features whose prediction may only rise (1) or only fall (-1), by name; for targets with one output.</summary>
    public IReadOnlyDictionary<string, int> Monotone { get; init; } = new Dictionary<string, int>();

    /// <summary>How theta moves in block 2.</summary>
    public ThetaStep Theta { get; init; } = ThetaStep.Sum;

    /// <summary>Standard deviation of the theta drawn at the start. Range: 0 or more.</summary>
    public double ThetaDeviation { get; init; } = 0.1;

    /// <summary>The theta to start from, by task; null draws it.</summary>
    public IReadOnlyList<double>? InitialTheta { get; init; }

    /// <summary>Iterations without a better validation loss before a block ends, for a task in block 3; its trees since the best are dropped. 0 never stops.</summary>
    public int Patience { get; init; }

    /// <summary>Seed of theta and of the samples.</summary>
    public ulong Seed { get; init; }

    /// <summary>R-MTGB: all three blocks.</summary>
    /// <param name="shared">Iterations of block 1.</param>
    /// <param name="robust">Iterations of block 2.</param>
    /// <param name="task">Iterations of block 3.</param>
    public static BoostingOptions RobustMultiTask(int shared = 50, int robust = 50, int task = 50) => new() { SharedIterations = shared, RobustIterations = robust, TaskIterations = task };

    /// <summary>MTGB: shared trees, then trees per task.</summary>
    /// <param name="shared">Iterations of block 1.</param>
    /// <param name="task">Iterations of block 3.</param>
    public static BoostingOptions MultiTask(int shared = 50, int task = 50) => RobustMultiTask(shared, 0, task);

    /// <summary>A booster per task that knows nothing of the others.</summary>
    /// <param name="iterations">Trees of each task.</param>
    public static BoostingOptions SingleTask(int iterations = 100) => RobustMultiTask(0, 0, iterations);

    /// <summary>One booster for all rows that is not told the task.</summary>
    /// <param name="iterations">Trees.</param>
    public static BoostingOptions Pooled(int iterations = 100) => RobustMultiTask(iterations, 0, 0);

    /// <summary>One booster for all rows with the task as a feature.</summary>
    /// <param name="iterations">Trees.</param>
    public static BoostingOptions TaskFeature(int iterations = 100) => Pooled(iterations) with { TaskAsFeature = true };

    /// <summary>The same blocks as the paper's code grows them: exact stumps, leaves that hold the mean of the negative gradient, scores that start at 0, and a score per class also for two.</summary>
    public BoostingOptions Paper() => this with
    {
        Learner = LearnerKind.Exact,
        Leaves = LeafRule.Mean,
        Initial = InitialPrediction.Zero,
        MaxLeaves = 2,
        MaxDepth = 0,
        L1 = 0,
        L2 = 0,
        MinChildWeight = 0,
        MinGain = 0,
        Theta = ThetaStep.Sum,
        Loss = Loss.Length == 0 ? PaperLoss : Loss,
    };

    /// <summary>The name in <see cref="BoostingLosses"/> of what the paper's code makes small, whatever the target's kind is: squared error for numbers, softmax for classes.</summary>
    internal const string PaperLoss = "paper";

    /// <summary>Throws when a value is out of range.</summary>
    /// <exception cref="BoostingException">Names the option, the value and the range.</exception>
    public void Validate()
    {
        Require(SharedIterations >= 0, nameof(SharedIterations), SharedIterations, "0 or more");
        Require(RobustIterations >= 0, nameof(RobustIterations), RobustIterations, "0 or more");
        Require(TaskIterations >= 0, nameof(TaskIterations), TaskIterations, "0 or more");
        if (SharedIterations == 0 && RobustIterations == 0 && TaskIterations == 0) throw new BoostingException("every block has 0 iterations, expected at least one iteration in one of them.");
        Require(LearningRate > 0 && double.IsFinite(LearningRate), nameof(LearningRate), LearningRate, "a number above 0");
        Require(MaxLeaves >= 1, nameof(MaxLeaves), MaxLeaves, "1 or more");
        Require(MaxDepth >= 0, nameof(MaxDepth), MaxDepth, "0 or more");
        Require(L1 >= 0 && double.IsFinite(L1), nameof(L1), L1, "0 or more");
        Require(L2 >= 0 && double.IsFinite(L2), nameof(L2), L2, "0 or more");
        Require(MinChildWeight >= 0 && double.IsFinite(MinChildWeight), nameof(MinChildWeight), MinChildWeight, "0 or more");
        Require(MinGain >= 0 && double.IsFinite(MinGain), nameof(MinGain), MinGain, "0 or more");
        Require(MaxBins is >= 2 and <= 255, nameof(MaxBins), MaxBins, "2 to 255");
        Require(RowSample is > 0 and <= 1, nameof(RowSample), RowSample, "above 0 and at most 1");
        Require(ColumnSample is > 0 and <= 1, nameof(ColumnSample), ColumnSample, "above 0 and at most 1");
        Require(CategorySmoothing >= 0 && double.IsFinite(CategorySmoothing), nameof(CategorySmoothing), CategorySmoothing, "0 or more");
        Require(ThetaDeviation >= 0 && double.IsFinite(ThetaDeviation), nameof(ThetaDeviation), ThetaDeviation, "0 or more");
        Require(Patience >= 0, nameof(Patience), Patience, "0 or more");
        foreach ((string name, int direction) in Monotone) Require(direction is -1 or 0 or 1, $"{nameof(Monotone)} of '{name}'", direction, "-1, 0 or 1");
    }

    private static void Require(bool holds, string name, double found, string expected)
    {
        if (!holds) throw new BoostingException($"{name}: found {found.ToString(System.Globalization.CultureInfo.InvariantCulture)}, expected {expected}.");
    }
}
