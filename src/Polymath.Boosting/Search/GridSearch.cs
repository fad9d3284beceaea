using Polymath.Data;

namespace Polymath.Boosting;

/// <summary>
/// Tries every point of a grid by k-fold cross-validation: each fold is held out once, and a point is judged by its mean score there. Folds
/// hold the same mix of tasks and classes. Nothing stops early, so that the rows that judge have no part in the fit.
/// </summary>
/// <example><code>
/// BoostingOptions paper = BoostingOptions.RobustMultiTask().Paper();
/// GridPoint[] grid = [.. new[] { 20, 50 }.Select(n => new GridPoint($"task={n}", paper with { TaskIterations = n }))];
/// SearchResult result = new GridSearch(grid, folds: 5).Run(train, journal: "search.jsonl");
/// BoostedModel model = new MultiTaskBooster(result.Best.Point.Options).Fit(train);
/// </code></example>
public sealed class GridSearch
{
    private readonly IReadOnlyList<GridPoint> _points;

    /// <summary>A search.</summary>
    /// <param name="points">The grid, 1 point or more with distinct names.</param>
    /// <param name="folds">Number of folds, 2 or more.</param>
    /// <param name="seed">Seed of the folds.</param>
    /// <param name="metric">The metric that decides, over all rows held out together and averaged over targets; empty for the mean loss.</param>
    /// <exception cref="BoostingException">No point, two of one name, options out of range, or fewer than two folds.</exception>
    public GridSearch(IReadOnlyList<GridPoint> points, int folds = 5, ulong seed = 0, string metric = "")
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(metric);
        if (points.Count == 0) throw new BoostingException("the grid is empty, expected at least one point.");
        if (folds < 2) throw new BoostingException($"folds: found {folds}, expected 2 or more.");
        if (points.GroupBy(point => point.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key is { } twice) throw new BoostingException($"the point '{twice}' is in the grid twice, expected distinct points.");
        foreach (GridPoint point in points)
        {
            try
            {
                point.Options.Validate();
            }
            catch (BoostingException exception)
            {
                throw new BoostingException($"the point '{point.Name}' of the grid: {exception.Message}", exception);
            }
        }

        (_points, Folds, Seed, Criterion) = ([.. points], folds, seed, metric.Length == 0 ? SearchCriterion.Loss : metric);
    }

    /// <summary>Number of folds.</summary>
    public int Folds { get; }

    /// <summary>Seed of the folds.</summary>
    public ulong Seed { get; }

    /// <summary>What decides: "loss", or a metric.</summary>
    public string Criterion { get; }

    /// <summary>Fits every point on every fold, in order.</summary>
    /// <param name="data">The rows that folds are made of.</param>
    /// <param name="journal">A file that keeps finished fits; when it exists, those are not repeated, and the result is the same to the last bit. Null keeps nothing.</param>
    /// <param name="progress">Told about fits and their iterations.</param>
    /// <param name="cancellation">Stops between iterations; what is finished is in the journal.</param>
    /// <exception cref="BoostingException">Data and options do not fit each other, the metric is not for these targets, or the journal is of another search.</exception>
    /// <exception cref="TableException">There are more folds than rows.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public SearchResult Run(BoostingData data, string? journal = null, Action<SearchProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        SearchCriterion criterion = Check(data);
        Split[] splits = Splits.KFold(data.Rows, Folds, Seed, Strata(data));
        using SearchJournal? kept = journal is null ? null : new SearchJournal(journal, SearchFingerprint.Of(data, _points, Folds, Seed, Criterion));
        (BoostingData Train, BoostingData Held)[] parts = [.. splits.Select(split => (data.Take(split.Train), data.Take(split.Test)))];
        var scores = new FoldScore[_points.Count][];
        int done = 0;
        for (int p = 0; p < _points.Count; p++)
        {
            GridPoint point = _points[p];
            scores[p] = new FoldScore[Folds];
            for (int fold = 0; fold < Folds; fold++, done++)
            {
                int held = fold, before = done;
                cancellation.ThrowIfCancellationRequested();
                Report(null);
                if (kept is not null && kept.TryGet(point, fold, out scores[p][fold])) continue;
                BoostedModel model = new MultiTaskBooster(point.Options with { Patience = 0 }).Fit(parts[fold].Train, parts[fold].Held, fit => Report(fit), cancellation);
                double loss = model.History[^1].ValidationLoss;
                scores[p][fold] = new FoldScore(point.Name, fold, loss, criterion.Of(model, parts[fold].Held, loss));
                kept?.Add(scores[p][fold]);

                void Report(BoostingProgress? fit) => progress?.Invoke(new SearchProgress(point, held, before, _points.Count * Folds, fit));
            }
        }

        return new SearchResult(Criterion, criterion.HigherIsBetter, [.. _points.Select((point, p) => new PointResult(point, scores[p]))]);
    }

    /// <summary>Throws when the search cannot be run on some data.</summary>
    /// <param name="data">The rows that folds are made of.</param>
    /// <exception cref="BoostingException">Says what does not fit.</exception>
    internal SearchCriterion Check(BoostingData data)
    {
        if (Folds > data.Rows) throw new BoostingException($"folds: found {Folds} for {data.Rows} rows, expected at most one per row.");
        foreach (GridPoint point in _points) new MultiTaskBooster(point.Options).Check(data);
        return SearchCriterion.Create(Criterion, data);
    }

    /// <summary>Task and class of each row, as far as there are some.</summary>
    private static int[] Strata(BoostingData data)
    {
        int[] strata = new int[data.Rows];
        BoostingTarget first = data.Targets[0];
        for (int row = 0; row < strata.Length; row++)
        {
            float label = data.Labels[row * data.Targets.Count];
            int code = first.Classes.Count == 0 ? 0 : float.IsNaN(label) ? first.Classes.Count : (int)label;
            strata[row] = ((data.TaskOfRow?[row] ?? 0) * (first.Classes.Count + 1)) + code;
        }

        return strata;
    }
}
