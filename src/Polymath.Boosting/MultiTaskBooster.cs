namespace Polymath.Boosting;

/// <summary>
/// Boosts trees for one task or many, in up to three blocks: trees that all tasks share, an outlier and a non-outlier ensemble that each
/// task mixes by sigmoid(theta), and trees of each task (R-MTGB; <see cref="BoostingOptions"/> has its baselines).
/// </summary>
/// <example><code>
/// var booster = new MultiTaskBooster(BoostingOptions.RobustMultiTask(shared: 50, robust: 50, task: 100));
/// BoostedModel model = booster.Fit(train);
/// double[] scores = model.Predict(test.Features, test.TaskOfRow);
/// foreach ((string task, double score) in model.OutlierScores) Console.WriteLine($"{task} {score:0.00}");
/// </code></example>
public sealed class MultiTaskBooster
{
    /// <summary>A booster.</summary>
    /// <param name="options">What to boost.</param>
    /// <exception cref="BoostingException">An option is out of range.</exception>
    public MultiTaskBooster(BoostingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
    }

    /// <summary>What is boosted.</summary>
    public BoostingOptions Options { get; }

    /// <summary>Fits a model. The data is not changed, and the result is the same at any number of threads.</summary>
    /// <param name="train">Rows to learn from.</param>
    /// <param name="validation">Rows that say when to stop, with <see cref="BoostingOptions.Patience"/>; their loss is recorded in any case.</param>
    /// <param name="progress">Told after every iteration.</param>
    /// <param name="cancellation">Stops between iterations.</param>
    /// <exception cref="BoostingException">Data and options do not fit each other.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public BoostedModel Fit(BoostingData train, BoostingData? validation = null, Action<BoostingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        return new BoostingFit(Options, train, validation, progress, cancellation).Run();
    }

    /// <summary>Throws when data and options do not fit each other.</summary>
    /// <param name="train">Rows to learn from.</param>
    /// <exception cref="BoostingException">Says what does not fit.</exception>
    public void Check(BoostingData train)
    {
        ArgumentNullException.ThrowIfNull(train);
        BoostingChecks.Require(Options, train);
    }
}
