using Polymath.Data;

namespace Polymath.Boosting;

/// <summary>A fitted booster: F = initial + shared trees + (1 - s_t) non-outlier trees + s_t outlier trees + trees of the task.</summary>
public sealed class BoostedModel
{
    private readonly BoostingObjective _objective;
    private readonly Lazy<ModelScorer> _scorer;

    internal BoostedModel(BoostingOptions options, IReadOnlyList<FeatureDescription> features, IReadOnlyList<BoostingTarget> targets, TaskIndex? tasks, double[] initial, Tree[] shared, Tree[] outlier, Tree[] nonOutlier, Tree[][] taskTrees, double[] theta, IReadOnlyList<BoostingIteration> history)
    {
        (Options, Features, Targets, Tasks, Initial, Theta, History) = (options, features, targets, tasks, initial, theta, history);
        (SharedTrees, OutlierTrees, NonOutlierTrees, TaskTrees) = (shared, outlier, nonOutlier, taskTrees);
        _objective = new BoostingObjective(targets, options.Loss);
        _scorer = new Lazy<ModelScorer>(() => new ModelScorer(this));
    }

    /// <summary>What it was fitted with.</summary>
    public BoostingOptions Options { get; }

    /// <summary>The columns that predictions need.</summary>
    public IReadOnlyList<FeatureDescription> Features { get; }

    /// <summary>What is predicted.</summary>
    public IReadOnlyList<BoostingTarget> Targets { get; }

    /// <summary>The tasks that rows belong to; null when every target is a task.</summary>
    public TaskIndex? Tasks { get; }

    /// <summary>Scores per row, over all targets.</summary>
    public int Outputs => _objective.Outputs;

    /// <summary>Where the scores start, by output.</summary>
    public IReadOnlyList<double> Initial { get; }

    /// <summary>Trees of block 1.</summary>
    public IReadOnlyList<Tree> SharedTrees { get; }

    /// <summary>Outlier trees of block 2.</summary>
    public IReadOnlyList<Tree> OutlierTrees { get; }

    /// <summary>Non-outlier trees of block 2.</summary>
    public IReadOnlyList<Tree> NonOutlierTrees { get; }

    /// <summary>Trees of block 3, by task, or by target where targets are the tasks.</summary>
    public IReadOnlyList<IReadOnlyList<Tree>> TaskTrees { get; }

    /// <summary>theta by task; empty without block 2.</summary>
    public IReadOnlyList<double> Theta { get; }

    /// <summary>The losses after every iteration.</summary>
    public IReadOnlyList<BoostingIteration> History { get; }

    /// <summary>What a reader of the model should know, one sentence each; usually empty.</summary>
    public IReadOnlyList<string> Notes => ModelNotes.Of(this);

    internal BoostingObjective Objective => _objective;

    /// <summary>sigmoid(theta) by task label: the share of the outlier ensemble. Which end is which is arbitrary; see <see cref="OutlierScores"/>. Empty without block 2.</summary>
    public IReadOnlyDictionary<string, double> TaskWeights => ByTask(Mix());

    /// <summary>
    /// |s_t - median s| by task label: how far a task's mix is from that of the others. Two groups of equal size have no majority, and
    /// tasks that all agree have scores near 0 whatever their weights are. Empty without block 2.
    /// </summary>
    public IReadOnlyDictionary<string, double> OutlierScores
    {
        get
        {
            double[] mix = Mix();
            if (mix.Length == 0) return new Dictionary<string, double>();
            double[] sorted = [.. mix.Order()];
            double median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
            return ByTask([.. mix.Select(s => Math.Abs(s - median))]);
        }
    }

    /// <summary>Raw scores F.</summary>
    /// <param name="features">Rows with the columns of training.</param>
    /// <param name="taskOfRow">The task number of each row; -1 for a task unknown to training, which gets initial + shared + half of each ensemble. Needed when rows belong to tasks.</param>
    /// <returns><c>[rows, Outputs]</c>, row-major.</returns>
    /// <exception cref="BoostingException">Columns or tasks are not those of training.</exception>
    public double[] Scores(FeatureMatrix features, int[]? taskOfRow = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        double[] scores = new double[checked(features.Rows * Outputs)];
        Scores(features, taskOfRow, scores);
        return scores;
    }

    /// <summary>Raw scores F into memory of the caller; nothing else is allocated once the trees have been made ready, which the first call does.</summary>
    /// <param name="features">Rows with the columns of training.</param>
    /// <param name="taskOfRow">As for <see cref="Scores(FeatureMatrix, int[])"/>.</param>
    /// <param name="destination">Receives <c>[rows, Outputs]</c>, row-major.</param>
    /// <exception cref="BoostingException">Columns or tasks are not those of training, or the destination has another length.</exception>
    public void Scores(FeatureMatrix features, int[]? taskOfRow, Span<double> destination)
    {
        ArgumentNullException.ThrowIfNull(features);
        Require(features, taskOfRow);
        if (destination.Length != (long)features.Rows * Outputs) throw new BoostingException($"found room for {destination.Length} scores, expected {(long)features.Rows * Outputs}: {Outputs} for each of {features.Rows} rows.");
        _scorer.Value.Score(features, Tasks is null ? null : taskOfRow, destination);
    }

    /// <summary>Predictions: numbers in the label's unit, or probabilities.</summary>
    /// <param name="features">Rows with the columns of training.</param>
    /// <param name="taskOfRow">As for <see cref="Scores(FeatureMatrix, int[])"/>.</param>
    /// <returns><c>[rows, Outputs]</c>, row-major; a binary target with the logistic loss has one output, the probability of class 1.</returns>
    /// <exception cref="BoostingException">Columns or tasks are not those of training.</exception>
    public double[] Predict(FeatureMatrix features, int[]? taskOfRow = null)
    {
        double[] predictions = Scores(features, taskOfRow);
        _objective.Link(predictions);
        return predictions;
    }

    /// <summary>Predictions into memory of the caller.</summary>
    /// <param name="features">Rows with the columns of training.</param>
    /// <param name="taskOfRow">As for <see cref="Scores(FeatureMatrix, int[])"/>.</param>
    /// <param name="destination">Receives <c>[rows, Outputs]</c>, row-major.</param>
    /// <exception cref="BoostingException">Columns or tasks are not those of training, or the destination has another length.</exception>
    public void Predict(FeatureMatrix features, int[]? taskOfRow, Span<double> destination)
    {
        Scores(features, taskOfRow, destination);
        _objective.Link(destination);
    }

    /// <summary>Predictions for rows that name their tasks.</summary>
    /// <param name="features">Rows with the columns of training.</param>
    /// <param name="labelOfRow">The task label of each row.</param>
    /// <param name="unknown">What a task unknown to training does.</param>
    /// <exception cref="BoostingException">Columns are not those of training, or a task is unknown.</exception>
    public double[] Predict(FeatureMatrix features, IEnumerable<string> labelOfRow, UnknownTask unknown = UnknownTask.Error)
        => Predict(features, (Tasks ?? throw new BoostingException("the model has no tasks of rows, found task labels.")).Find(labelOfRow, unknown));

    /// <summary>Writes the model, whole or not at all: trees as tensors with the name ending in <c>.safetensors</c>, or one readable object with <c>.json</c>. Both read back to the same bits.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <exception cref="BoostingException">The name ends otherwise, the file cannot be written, or the fit has diverged.</exception>
    public void Save(string path) => ModelFile.Save(this, path);

    /// <summary>Reads a model that <see cref="Save"/> has written.</summary>
    /// <param name="path">The file, of either form.</param>
    /// <exception cref="BoostingException">The file is missing, damaged, of another release, or no saved model; one sentence says what was found.</exception>
    public static BoostedModel Load(string path) => ModelFile.Load(path);

    /// <summary>
    /// Predictions after every iteration in the order of fitting, one at a time; the last are those of <see cref="Predict(FeatureMatrix, int[])"/>
    /// up to rounding. Block 2 mixes its ensembles by the final theta.
    /// </summary>
    /// <param name="features">Rows with the columns of training.</param>
    /// <param name="taskOfRow">As for <see cref="Scores(FeatureMatrix, int[])"/>.</param>
    /// <exception cref="BoostingException">Columns or tasks are not those of training.</exception>
    public IEnumerable<BoostingStage> StagedPredict(FeatureMatrix features, int[]? taskOfRow = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        Require(features, taskOfRow);
        return Stages(features, taskOfRow);
    }

    /// <summary>The worth of features in the trees, by column; the task comes last where it is a feature.</summary>
    /// <param name="kind">What is added up.</param>
    /// <param name="block">Trees of one block; null for all.</param>
    /// <param name="normalised">Whether values are divided by their sum, unless that is 0.</param>
    public IReadOnlyList<FeatureImportance> FeatureImportances(ImportanceKind kind = ImportanceKind.Gain, BoostingBlock? block = null, bool normalised = true) => TreeImportance.Of(this, kind, block, normalised);

    private double[] Mix() => [.. Theta.Select(TaskMixture.Sigmoid)];

    private IEnumerable<BoostingStage> Stages(FeatureMatrix features, int[]? taskOfRow)
    {
        // Made when the first stage is asked for, and anew for every reader.
        foreach (BoostingStage stage in new StagedScorer(this, features, taskOfRow).Stages()) yield return stage;
    }

    private Dictionary<string, double> ByTask(double[] values)
    {
        var result = new Dictionary<string, double>(StringComparer.Ordinal);
        for (int task = 0; task < values.Length; task++) result[Tasks!.Labels[task]] = values[task];
        return result;
    }

    /// <exception cref="BoostingException">Columns or tasks are not those of training.</exception>
    internal void Require(FeatureMatrix features, int[]? taskOfRow)
    {
        if (features.Width != Features.Count) throw new BoostingException($"found {features.Width} feature columns, expected the {Features.Count} of training.");
        for (int column = 0; column < features.Width; column++)
        {
            if (features.Features[column] != Features[column]) throw new BoostingException($"feature column {column + 1}: found '{features.Features[column].Name}', expected '{Features[column].Name}' of the same kind as in training.");
        }

        if (Tasks is null) return;
        if (taskOfRow is null) throw new BoostingException("the model's rows belong to tasks, found no task numbers; pass the task of each row.");
        if (taskOfRow.Length != features.Rows) throw new BoostingException($"found {taskOfRow.Length} task numbers for {features.Rows} rows, expected one per row.");
        for (int row = 0; row < taskOfRow.Length; row++)
        {
            if (taskOfRow[row] < -1 || taskOfRow[row] >= Tasks.Count) throw new BoostingException($"row {row + 1}: found task number {taskOfRow[row]}, expected a number in [0, {Tasks.Count}), or -1 for an unknown task.");
        }
    }
}
