using System.Globalization;
using Polymath.Data.Runs;
using Option = Polymath.Data.Runs.SettingOption<Polymath.Boosting.Runs.BoostSettings>;

namespace Polymath.Boosting.Runs;

/// <summary>All settings of a run of boosted trees, in the order of the help.</summary>
public static class BoostOptions
{
    /// <summary>The kind of run, as its file of settings names it.</summary>
    public const string Kind = "boost";

    /// <summary>What a row of an unknown task may do.</summary>
    internal const string ErrorOnUnknown = "error", Fallback = "fallback";

    private const string Boosting = "Boosting", Trees = "Trees", Search = "Search";

    /// <summary>Smallest rate or share that is not 0.</summary>
    private const double Least = 1e-6;

    private const int DefaultPatience = 20;
    private static readonly BoostingOptions s_defaults = new();

    /// <summary>The settings.</summary>
    public static SettingTable<BoostSettings> Table { get; } = new(new BoostSettings(),
    [
        .. DataOptions.Of<BoostSettings>(),
        Option.Text("weights", "column", DataOptions.DataGroup, "Column that holds a weight of each row.", s => s.Weights, (s, v) => s with { Weights = v }),
        Option.Choice("unknown-task", DataOptions.DataGroup, "What a row of a task that was not in training does: it is an error, or the shared trees alone predict it.", [ErrorOnUnknown, Fallback], s => s.UnknownTask, (s, v) => s with { UnknownTask = v }),
        Option.Choice("preset", Boosting, "Which blocks of trees there are. r-mtgb: shared, robust, per task; mtgb: shared, per task; pooled: shared. auto takes r-mtgb with a task column, mtgb with several targets, pooled with one.", BoostPreset.Names, s => s.Preset, (s, v) => s with { Preset = v }),
        Option.Switch("paper", Boosting, "Grow the trees as the code of the R-MTGB paper does: exact stumps, mean leaves, scores that start at 0. Settings given beside it still hold.", s => s.Paper, (s, v) => s with { Paper = v }),
        Option.Integer("shared-iterations", Boosting, "Iterations of trees that all tasks share.", 0, s => s.SharedIterations, (s, v) => s with { SharedIterations = v }) with { Shown = "50; pooled: 100" },
        Option.Integer("robust-iterations", Boosting, "Iterations of the outlier and non-outlier trees, which each task mixes.", 0, s => s.RobustIterations, (s, v) => s with { RobustIterations = v }) with { Shown = "50" },
        Option.Integer("task-iterations", Boosting, "Iterations of trees of each task.", 0, s => s.TaskIterations, (s, v) => s with { TaskIterations = v }) with { Shown = "50; single-task: 100" },
        Option.Number("learning-rate", Boosting, "Factor on every tree.", Least, double.MaxValue, s => s.LearningRate, (s, v) => s with { LearningRate = v }) with { Shown = Text(s_defaults.LearningRate) },
        Option.Text("loss", "name", Boosting, $"The loss, name[:option=value,...]: {string.Join(", ", BoostingLosses.All.Select(loss => loss.Name))}; by the kind of each target when not given.", s => s.Loss, (s, v) => s with { Loss = v }),
        Option.Choice("init", Boosting, "Where the scores start: at the best constant, or at 0.", ["constant", "zero"], s => s.Initial, (s, v) => s with { Initial = v }) with { Shown = "constant" },
        Option.Choice("theta-step", Boosting, "How the tasks' mix moves: by the sum of the derivatives as in the paper, by their mean, or by a Newton step.", ["sum", "mean", "newton"], s => s.ThetaStep, (s, v) => s with { ThetaStep = v }) with { Shown = s_defaults.Theta.ToString().ToLowerInvariant() },
        Option.Integer("patience", Boosting, "Iterations without a better validation loss before a block ends; 0 never stops early.", 0, s => s.Patience, (s, v) => s with { Patience = v }) with { Shown = string.Create(CultureInfo.InvariantCulture, $"{DefaultPatience}; --paper: 0") },
        Option.Integer("seed", Boosting, "Seed of the first mix, of samples and of folds.", 0, s => s.Seed, (s, v) => s with { Seed = v }),
        Option.Choice("baseline", Boosting, "Boost every task alone, with as many iterations, for comparison.", [BoostPreset.SingleTask, "none"], s => s.Baseline, (s, v) => s with { Baseline = v }),
        Option.Choice("learner", Trees, "How a tree looks for its splits: over bins, or over every pair of neighbouring values, for complete numbers.", ["histogram", "exact"], s => s.Learner, (s, v) => s with { Learner = v }) with { Shown = "histogram" },
        Option.Choice("leaves", Trees, "What a leaf holds: a Newton step, or the mean of the negative gradient.", ["newton", "mean"], s => s.Leaves, (s, v) => s with { Leaves = v }) with { Shown = "newton" },
        Option.Integer("max-leaves", Trees, "Most leaves of a tree; 2 makes stumps.", 1, s => s.MaxLeaves, (s, v) => s with { MaxLeaves = v }) with { Shown = string.Create(CultureInfo.InvariantCulture, $"{s_defaults.MaxLeaves}; --paper: 2") },
        Option.Integer("max-depth", Trees, "Most splits between root and leaf; 0 for no limit.", 0, s => s.MaxDepth, (s, v) => s with { MaxDepth = v }) with { Shown = Text(s_defaults.MaxDepth) },
        Option.Choice("growth", Trees, "Which leaf is split next: the one with the largest gain, or level by level.", ["leaf-wise", "depth-wise"], s => s.Growth, (s, v) => s with { Growth = v }) with { Shown = "leaf-wise" },
        Option.Number("l1", Trees, "Soft threshold on the gradient sum of a leaf.", 0, double.MaxValue, s => s.L1, (s, v) => s with { L1 = v }) with { Shown = Text(s_defaults.L1) },
        Option.Number("l2", Trees, "Added to the curvature of a leaf.", 0, double.MaxValue, s => s.L2, (s, v) => s with { L2 = v }) with { Shown = $"{Text(s_defaults.L2)}; --paper: 0" },
        Option.Number("min-child-weight", Trees, "Least summed curvature of a leaf: rows, for squared error.", 0, double.MaxValue, s => s.MinChildWeight, (s, v) => s with { MinChildWeight = v }) with { Shown = $"{Text(s_defaults.MinChildWeight)}; --paper: 0" },
        Option.Number("min-gain", Trees, "Least gain of a split.", 0, double.MaxValue, s => s.MinGain, (s, v) => s with { MinGain = v }) with { Shown = Text(s_defaults.MinGain) },
        Option.Integer("max-bins", Trees, "Most bins of a feature.", 2, s => s.MaxBins, (s, v) => s with { MaxBins = v }, most: 255) with { Shown = Text(s_defaults.MaxBins) },
        Option.Number("row-sample", Trees, "Share of the rows that each iteration sees.", Least, 1, s => s.RowSample, (s, v) => s with { RowSample = v }) with { Shown = Text(s_defaults.RowSample) },
        Option.Number("column-sample", Trees, "Share of the columns that each tree may split on.", Least, 1, s => s.ColumnSample, (s, v) => s with { ColumnSample = v }) with { Shown = Text(s_defaults.ColumnSample) },
        Option.List("monotone", "name=±1", Trees, "Features whose prediction may only rise (name=1) or only fall (name=-1).", s => s.Monotone, (s, v) => s with { Monotone = v }),
        Option.List("search", "grid", Search, "Try every combination by cross-validation and keep the best: 'shared=20,50 task=50,100'; any setting of Boosting and Trees, and x-iterations may be written x. Validation rows then join the training rows.", s => s.Search, (s, v) => s with { Search = v }, split: false),
        Option.Integer("folds", Search, "Folds of the search.", 2, s => s.Folds, (s, v) => s with { Folds = v }),
        Option.Text("search-metric", "name", Search, "What the search compares on the rows held out: loss, or a metric such as rmse, accuracy, auc.", s => s.SearchMetric, (s, v) => s with { SearchMetric = v }, required: true),
    ]);

    /// <summary>Whether a setting may vary in a search.</summary>
    internal static bool IsSearchable(Option option) => option.Group is Boosting or Trees && !option.IsList && option.Name is not ("preset" or "paper" or "patience" or "baseline");

    /// <summary>What the settings say about boosting.</summary>
    /// <exception cref="RunException">They contradict each other.</exception>
    /// <exception cref="BoostingException">A value is out of range.</exception>
    public static BoostingOptions Of(BoostSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        string preset = BoostPreset.Settle(settings);
        BoostingOptions blocks = BoostPreset.Options(preset);
        RequireBlock(preset, "shared-iterations", settings.SharedIterations, blocks.SharedIterations);
        RequireBlock(preset, "robust-iterations", settings.RobustIterations, blocks.RobustIterations);
        RequireBlock(preset, "task-iterations", settings.TaskIterations, blocks.TaskIterations);
        BoostingOptions start = settings.Paper ? blocks.Paper() : blocks with { Patience = DefaultPatience };
        BoostingOptions options = start with
        {
            SharedIterations = settings.SharedIterations ?? start.SharedIterations,
            RobustIterations = settings.RobustIterations ?? start.RobustIterations,
            TaskIterations = settings.TaskIterations ?? start.TaskIterations,
            LearningRate = settings.LearningRate ?? start.LearningRate,
            Loss = settings.Loss.Length == 0 ? start.Loss : settings.Loss,
            Initial = settings.Initial switch { "" => start.Initial, "zero" => InitialPrediction.Zero, _ => InitialPrediction.Constant },
            Theta = settings.ThetaStep switch { "" => start.Theta, "mean" => ThetaStep.Mean, "newton" => ThetaStep.Newton, _ => ThetaStep.Sum },
            Learner = settings.Learner switch { "" => start.Learner, "exact" => LearnerKind.Exact, _ => LearnerKind.Histogram },
            Leaves = settings.Leaves switch { "" => start.Leaves, "mean" => LeafRule.Mean, _ => LeafRule.Newton },
            Growth = settings.Growth switch { "" => start.Growth, "depth-wise" => TreeGrowth.DepthWise, _ => TreeGrowth.LeafWise },
            MaxLeaves = settings.MaxLeaves ?? start.MaxLeaves,
            MaxDepth = settings.MaxDepth ?? start.MaxDepth,
            L1 = settings.L1 ?? start.L1,
            L2 = settings.L2 ?? start.L2,
            MinChildWeight = settings.MinChildWeight ?? start.MinChildWeight,
            MinGain = settings.MinGain ?? start.MinGain,
            MaxBins = settings.MaxBins ?? start.MaxBins,
            RowSample = settings.RowSample ?? start.RowSample,
            ColumnSample = settings.ColumnSample ?? start.ColumnSample,
            Monotone = Monotone(settings.Monotone),
            Patience = settings.Patience ?? start.Patience,
            Seed = (ulong)settings.Seed,
        };
        options.Validate();
        return options;
    }

    private static void RequireBlock(string preset, string name, int? given, int usual)
    {
        if (given > 0 && usual == 0) throw new RunException($"{name}: found {given}, but the preset {preset} has no such block; leave it out, or choose another preset: {string.Join(", ", BoostPreset.Names[1..])}.");
    }

    private static Dictionary<string, int> Monotone(IReadOnlyList<string> values)
    {
        var directions = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string value in values)
        {
            int equals = value.LastIndexOf('=');
            string direction = equals < 0 ? string.Empty : value[(equals + 1)..].Trim();
            if (direction is not ("1" or "+1" or "-1")) throw new RunException($"monotone: found '{value}', expected name=1 or name=-1.");
            if (!directions.TryAdd(value[..equals].Trim(), direction == "-1" ? -1 : 1)) throw new RunException($"monotone: '{value[..equals].Trim()}' is given twice.");
        }

        return directions;
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
