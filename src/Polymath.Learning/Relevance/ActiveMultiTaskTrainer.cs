using Polymath.Tensors;

namespace Polymath.Learning.Relevance;

/// <summary>
/// Active multi-task representation learning: decides how many samples to buy from each of M sources so that the representation learned from
/// them serves one target with few samples (A-MTRL, Chen et al., ICML 2022; L1-A-MTRL, Wang et al., ICML 2023), for a given budget.
/// </summary>
/// <remarks>
/// The first phase samples uniformly. Every phase learns the representation from the sources, fits all heads on it, estimates the relevance
/// nu, and the next phase tops every source up to its share of the budget so far. Task-level sampling: which samples of a source come is
/// the oracle's business. The same oracle answers and seed give the same result.
/// </remarks>
/// <example><code>
/// var active = new ActiveMultiTaskTrainer(sources: 40, target, new() { K = 4, Budget = 3000, Norm = RelevanceNorm.L1 });
/// ActiveResult result = active.Run((source, count) => Label(source, count));
/// double[] predictions = result.Predict(inputs);
/// </code></example>
public sealed class ActiveMultiTaskTrainer
{
    private readonly TaskSamples _target;
    private readonly ActiveMultiTaskOptions _options;
    private readonly IRepresentationLearner _learner;
    private readonly int[] _floors;

    /// <summary>A trainer.</summary>
    /// <param name="sources">M, how many sources the oracle knows.</param>
    /// <param name="target">The target's samples.</param>
    /// <param name="options">Settings.</param>
    /// <param name="learner">How the representation is learned; linear, by alternating least squares, when null.</param>
    /// <exception cref="RelevanceException">k exceeds M or the target's samples, the target has one distinct label, or a setting or cost is out of range.</exception>
    public ActiveMultiTaskTrainer(int sources, TaskSamples target, ActiveMultiTaskOptions options, IRepresentationLearner? learner = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(options);
        (_target, _options, _learner) = (target, options, learner ?? new AlternatingLeastSquares());
        Sources = sources;
        Require(sources > 0, $"there are {sources} sources, expected at least 1");
        Require(options.K > 0, $"k is {options.K}, expected at least 1");
        Require(options.K <= sources, $"k is {options.K} but there are only {sources} sources, expected k <= M; use a smaller representation or more sources");
        Require(options.K <= target.Count, $"k is {options.K} but the target has only {target.Count} samples, expected k <= n_T, else its head is not determined; use a smaller representation");
        Require(target.Labels.Distinct().Skip(1).Any(), $"every label of the target is {target.Labels[0]}, expected at least two distinct ones");
        Require(options.Phases > 0, $"there are {options.Phases} phases, expected at least 1");
        Require(options.ExplorationFraction is > 0 and <= 1, $"the exploration fraction is {options.ExplorationFraction}, expected a number in (0, 1]");
        Require(options.MinimumOverlap is >= 0 and <= 1, $"the minimum overlap is {options.MinimumOverlap}, expected a number in [0, 1]");
        Require(options.NMin is null or >= 0, $"N_min is {options.NMin}, expected at least 0");
        NMin = options.NMin ?? Math.Max(10, (int)Math.Ceiling(0.05 * options.Budget / sources));
        _floors = new int[sources];
        Array.Fill(_floors, NMin);
        Require(options.Costs is not null || options.Budget >= (long)sources * NMin, $"the budget is {options.Budget} samples for {sources} sources, expected at least N_min = {NMin} each; raise the budget or lower N_min");
        SampleAllocator.Allocate(new double[sources], RelevanceNorm.Uniform, options.Budget, _floors, options.Costs);
    }

    /// <summary>M.</summary>
    public int Sources { get; }

    /// <summary>Samples that every source gets at least.</summary>
    public int NMin { get; }

    /// <summary>Buys, learns and returns.</summary>
    /// <param name="oracle">Answers (source, count) with exactly that many new samples of the source; asked in ascending order of sources within a phase.</param>
    /// <exception cref="RelevanceException">The oracle answered with another number of samples or of features.</exception>
    public ActiveResult Run(Func<int, int, TaskSamples> oracle)
    {
        ArgumentNullException.ThrowIfNull(oracle);
        return RunAsync((source, count, _) => ValueTask.FromResult(oracle(source, count))).AsTask().GetAwaiter().GetResult();
    }

    /// <summary>As <see cref="Run"/>, for an oracle that takes its time (see <see cref="TaskSamples.CollectAsync"/> for streams).</summary>
    /// <param name="oracle">Answers (source, count) with exactly that many new samples of the source.</param>
    /// <param name="cancellationToken">Stops between requests, and is handed to the oracle.</param>
    /// <exception cref="RelevanceException">The oracle answered with another number of samples or of features.</exception>
    public async ValueTask<ActiveResult> RunAsync(Func<int, int, CancellationToken, ValueTask<TaskSamples>> oracle, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(oracle);
        var random = new RandomStream(_options.Seed);
        TaskSamples[] pool = [.. Enumerable.Range(0, Sources).Select(_ => Empty())];
        List<ActivePhase> history = [];
        double[] nu = new double[Sources];
        int spent = 0;
        while (true)
        {
            int phase = history.Count, until = BudgetUntil(phase);
            int[] held = [.. pool.Select(one => one.Count)], wanted = Wanted(phase, nu, held, _options.Pool ? until : until - spent), drawn = new int[Sources];
            for (int m = 0; m < Sources; m++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                drawn[m] = _options.Pool ? wanted[m] - held[m] : wanted[m];
                if (!_options.Pool) pool[m] = Empty();
                if (drawn[m] > 0) pool[m] = pool[m].Concat(Checked(m, drawn[m], await oracle(m, drawn[m], cancellationToken).ConfigureAwait(false)));
            }

            spent = until;
            IRepresentation representation = _learner.Learn(pool, _options.K, random.Derive((ulong)phase));
            double[] heads = Heads(representation, pool), targetFeatures = Features(representation, _target), targetHead = new double[_options.K];
            LinearHead.Fit(targetFeatures, _target.Labels, targetHead);
            RelevanceEstimate estimate = TaskRelevance.Estimate(heads, targetHead, _options.Norm, _options.Norm == RelevanceNorm.L1 ? _options.Lambda : null, _options.NormalizeHeads);
            double? overlap = phase == 0 ? null : Jaccard(history[^1].Estimate.Support, estimate.Support);
            if (!(overlap < _options.MinimumOverlap)) nu = estimate.AllocationNu;
            history.Add(new ActivePhase
            {
                Allocation = wanted,
                Drawn = drawn,
                Nu = estimate.Nu,
                Estimate = estimate,
                TargetError = LinearHead.LeaveOneOutError(targetFeatures, _target.Labels),
                SupportOverlap = overlap,
            });

            if (history.Count == _options.Phases) return new ActiveResult { Representation = representation, TargetHead = targetHead, SourceHeads = heads, History = history };
        }
    }

    /// <summary>What may have been spent at the end of a phase: the first takes the exploration's share, the others the rest in equal parts.</summary>
    private int BudgetUntil(int phase)
    {
        if (phase == _options.Phases - 1) return _options.Budget;
        double minimum = 0, first = _options.ExplorationFraction * _options.Budget;
        for (int m = 0; m < Sources; m++) minimum += NMin * (_options.Costs?[m] ?? 1);
        first = Math.Min(Math.Max(first, minimum), _options.Budget);
        return (int)Math.Ceiling(first + ((_options.Budget - first) * phase / Math.Max(1, _options.Phases - 1)) - 1e-9);
    }

    private int[] Wanted(int phase, double[] nu, int[] held, int budget)
    {
        if (phase == 0) return SampleAllocator.Allocate(nu, RelevanceNorm.Uniform, budget, _floors, _options.Costs);
        if (_options.Pool) return SampleAllocator.Allocate(nu, _options.Norm, budget, held, _options.Costs);

        // Fresh samples only: what is left may not pay every minimum, which then shrinks.
        double minimum = 0;
        for (int m = 0; m < Sources; m++) minimum += NMin * (_options.Costs?[m] ?? 1);
        int floor = minimum <= budget ? NMin : (int)(NMin * (budget / minimum));
        return SampleAllocator.Allocate(nu, _options.Norm, budget, floor, _options.Costs, _options.Sparse);
    }

    private double[] Heads(IRepresentation representation, TaskSamples[] pool)
    {
        int size = _options.K;
        double[] heads = new double[size * Sources], head = new double[size];
        for (int m = 0; m < Sources; m++)
        {
            if (pool[m].Count == 0) continue;
            LinearHead.Fit(Features(representation, pool[m]), pool[m].Labels, head);
            for (int i = 0; i < size; i++) heads[(i * Sources) + m] = head[i];
        }

        return heads;
    }

    private double[] Features(IRepresentation representation, TaskSamples samples)
    {
        double[] features = new double[samples.Count * _options.K];
        representation.Transform(samples.Inputs, features);
        return features;
    }

    private TaskSamples Empty() => new([], [], _target.Features);

    private TaskSamples Checked(int source, int count, TaskSamples? samples)
    {
        if (samples?.Count != count) throw new RelevanceException($"ActiveMultiTaskTrainer: the oracle answered with {samples?.Count ?? 0} samples of source {source}, expected {count}.", source);
        if (samples.Features != _target.Features) throw new RelevanceException($"ActiveMultiTaskTrainer: samples of source {source} have {samples.Features} features, expected {_target.Features} as the target's.", source);
        return samples;
    }

    private static double Jaccard(int[] first, int[] second)
    {
        int union = first.Union(second).Count();
        return union == 0 ? 1 : (double)first.Intersect(second).Count() / union;
    }

    private static void Require(bool holds, string message)
    {
        if (!holds) throw new RelevanceException($"ActiveMultiTaskTrainer: {message}.");
    }
}
