using Polymath.Data.Runs;

namespace Polymath.Boosting.Runs;

/// <summary>
/// Everything a run of boosted trees is made of. The same values come from flags, from YAML and from code; see <see cref="BoostOptions"/> for
/// their names, ranges and help. What is null or empty is as the preset, or the paper, has it.
/// </summary>
public sealed record BoostSettings : DataSettings
{
    /// <summary><c>auto</c>, <c>r-mtgb</c>, <c>mtgb</c>, <c>single-task</c>, <c>pooled</c> or <c>task-as-feature</c>.</summary>
    public string Preset { get; init; } = BoostPreset.Auto;

    /// <summary>Grows the trees as the code of the paper does; see <see cref="BoostingOptions.Paper"/>.</summary>
    public bool Paper { get; init; }

    /// <summary>Iterations of trees that all tasks share.</summary>
    public int? SharedIterations { get; init; }

    /// <summary>Iterations of the robust block.</summary>
    public int? RobustIterations { get; init; }

    /// <summary>Iterations of trees of each task.</summary>
    public int? TaskIterations { get; init; }

    /// <summary>Factor on every tree.</summary>
    public double? LearningRate { get; init; }

    /// <summary>The loss, <c>name[:option=value,...]</c>; empty chooses by the kind of each target.</summary>
    public string Loss { get; init; } = string.Empty;

    /// <summary><c>constant</c> or <c>zero</c>.</summary>
    public string Initial { get; init; } = string.Empty;

    /// <summary><c>sum</c>, <c>mean</c> or <c>newton</c>.</summary>
    public string ThetaStep { get; init; } = string.Empty;

    /// <summary><c>histogram</c> or <c>exact</c>.</summary>
    public string Learner { get; init; } = string.Empty;

    /// <summary><c>newton</c> or <c>mean</c>.</summary>
    public string Leaves { get; init; } = string.Empty;

    /// <summary><c>leaf-wise</c> or <c>depth-wise</c>.</summary>
    public string Growth { get; init; } = string.Empty;

    /// <summary>Most leaves of a tree.</summary>
    public int? MaxLeaves { get; init; }

    /// <summary>Most splits between root and leaf.</summary>
    public int? MaxDepth { get; init; }

    /// <summary>Soft threshold on the gradient sum of a leaf.</summary>
    public double? L1 { get; init; }

    /// <summary>Added to the curvature of a leaf.</summary>
    public double? L2 { get; init; }

    /// <summary>Least summed curvature of a leaf.</summary>
    public double? MinChildWeight { get; init; }

    /// <summary>Least gain of a split.</summary>
    public double? MinGain { get; init; }

    /// <summary>Most bins of a feature.</summary>
    public int? MaxBins { get; init; }

    /// <summary>Share of the rows each iteration sees.</summary>
    public double? RowSample { get; init; }

    /// <summary>Share of the columns each tree may split on.</summary>
    public double? ColumnSample { get; init; }

    /// <summary>Features whose prediction may only rise or fall: <c>name=1</c>, <c>name=-1</c>.</summary>
    public IReadOnlyList<string> Monotone { get; init; } = [];

    /// <summary>Iterations without a better validation loss before a block ends; 0 never stops early.</summary>
    public int? Patience { get; init; }

    /// <summary>The column that holds a weight of each row; empty weighs all alike.</summary>
    public string Weights { get; init; } = string.Empty;

    /// <summary>What a row of a task unknown to training does: <c>error</c>, or <c>fallback</c> to the shared trees.</summary>
    public string UnknownTask { get; init; } = BoostOptions.ErrorOnUnknown;

    /// <summary><c>single-task</c> or <c>none</c>.</summary>
    public string Baseline { get; init; } = BoostPreset.SingleTask;

    /// <summary>Seed of theta and of the samples.</summary>
    public int Seed { get; init; }

    /// <summary>The grid to search: <c>shared=20,50 task=50,100</c>; empty searches nothing.</summary>
    public IReadOnlyList<string> Search { get; init; } = [];

    /// <summary>Folds of the search.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>What the search compares: <c>loss</c> or a metric.</summary>
    public string SearchMetric { get; init; } = SearchCriterion.Loss;
}
