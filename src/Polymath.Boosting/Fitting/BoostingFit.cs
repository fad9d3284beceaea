using Polymath.Tensors;

namespace Polymath.Boosting;

/// <summary>One fit: the three blocks in order, on training rows in task order.</summary>
internal sealed class BoostingFit
{
    private readonly BoostingOptions _options;
    private readonly BoostingObjective _objective;
    private readonly ScoreState _train;
    private readonly ScoreState? _validation;
    private readonly FitProgress _progress;
    private readonly CancellationToken _cancellation;
    private readonly double[] _initial;
    private readonly double[] _gradient;
    private readonly double[] _curvature;
    private readonly LossTrace _trace;
    private readonly List<Tree> _shared = [], _outlier = [], _nonOutlier = [];

    /// <summary>Checks and orders the data.</summary>
    public BoostingFit(BoostingOptions options, BoostingData train, BoostingData? validation, Action<BoostingProgress>? progress, CancellationToken cancellation)
    {
        BoostingChecks.Require(options, train);
        validation = BoostingChecks.Align(options, train, validation);
        Original = train;
        (_options, _cancellation) = (options, cancellation);
        _objective = new BoostingObjective(train.Targets, options.Loss);
        _initial = options.Initial == InitialPrediction.Constant ? _objective.Constant(RowLabels.All(train)) : new double[_objective.Outputs];
        _train = State(train);
        _validation = validation is null ? null : State(validation);
        _gradient = new double[_train.Total.Length];
        _curvature = NeedsCurvature ? new double[_train.Total.Length] : [];
        _progress = new FitProgress(progress, options, Units);
        _trace = new LossTrace(_objective, _train, _validation, options.Patience);
    }

    private BoostingData Original { get; }

    private BoostingData Data => _train.Data;

    private int Outputs => _objective.Outputs;

    private int Tasks => Original.Tasks?.Count ?? 0;

    /// <summary>Ensembles of block 3: one per task, or one per target where targets are the tasks.</summary>
    private int Units => Original.Tasks?.Count ?? Original.Targets.Count;

    private bool Mean => _options.Leaves == LeafRule.Mean;

    private bool Refits => !Mean && _objective.RefitsLeaves;

    private bool NeedsCurvature => Data.Weights is not null || Data.Labels.AsSpan().Contains(float.NaN) || (!Mean && (!_objective.HasUnitCurvature || _options.RobustIterations > 0));

    /// <summary>Fits all blocks.</summary>
    public BoostedModel Run()
    {
        double[] theta = Theta();
        TreeLearner? learner = _options.SharedIterations + _options.RobustIterations == 0 ? null
            : TreeLearners.Create(_options, Features(_train), 0, Data.Rows, Outputs);
        if (_options.SharedIterations > 0) Shared(learner!);
        if (_options.RobustIterations > 0) Robust(learner!, theta);
        var taskTrees = new Tree[Units][];
        Array.Fill(taskTrees, []);
        if (_options.TaskIterations > 0) new TaskBlock(_options, _objective, _train, _validation, _progress, _trace, _cancellation).Fit(taskTrees);
        return new BoostedModel(_options with { InitialTheta = null }, Original.Features.Features, Original.Targets, Original.Tasks, _initial, [.. _shared], [.. _outlier], [.. _nonOutlier], taskTrees, _options.RobustIterations > 0 ? theta : [], _trace.History);
    }

    private ScoreState State(BoostingData data)
    {
        (BoostingData ordered, int[] starts) = TaskOrder.Sort(data);
        return new ScoreState(ordered, starts, _initial);
    }

    private FeatureMatrix Features(ScoreState state) => _options.TaskAsFeature
        ? TaskFeature.Append(state.Data.Features, state.Data.TaskOfRow, Original.Tasks!, _options.Learner == LearnerKind.Exact)
        : state.Data.Features;

    private double[] Theta()
    {
        if (_options.InitialTheta is { } given) return [.. given];
        double[] theta = new double[Tasks];
        RandomStream stream = new RandomStream(_options.Seed).Derive("theta");
        foreach (ref double value in theta.AsSpan()) value = _options.ThetaDeviation * stream.NextNormalDouble();
        return theta;
    }

    private void Differentiate() => _objective.Differentiate(_train.Total, RowLabels.All(Data), _gradient, _curvature, Mean);

    private void Shared(TreeLearner learner)
    {
        var sampler = new Sampler(_options, Data.Rows, learner.Features, unit: 0);
        FeatureMatrix? held = _validation is null ? null : Features(_validation);
        _trace.Begin(BoostingBlock.Shared);
        for (int iteration = 0; iteration < _options.SharedIterations; iteration++)
        {
            _cancellation.ThrowIfCancellationRequested();
            Differentiate();
            TreeSample sample = sampler.Draw(iteration);
            Tree tree = learner.Fit(_gradient, _curvature, sample);
            if (Refits) LeafRefits.Apply(_objective, tree, sample, learner.LeafOfRow, RowLabels.All(Data), _train.Total, shares: default);
            _shared.Add(tree);
            ScoreState.Add(tree, learner.LeafOfRow, _train.Total, _options.LearningRate);
            if (held is not null) tree.AddTo(held, 0, _validation!.Total, _options.LearningRate);
            _progress.Report(BoostingBlock.Shared, _trace.Record());
            if (_trace.IsOver) break;
        }

        Keep(_shared, _trace.End());
    }

    /// <summary>Block 2. Both trees are fitted to derivatives at the same F, and theta moves by the ensembles as they were before.</summary>
    private void Robust(TreeLearner learner, double[] theta)
    {
        var sampler = new Sampler(_options, Data.Rows, learner.Features, unit: 1);
        FeatureMatrix? held = _validation is null ? null : Features(_validation);
        var mixture = new TaskMixture(_options, theta, _train);
        double[] first = new double[_gradient.Length], second = new double[_curvature.Length], shares = new double[Refits ? Data.Rows : 0], best = [.. theta];
        _train.BeginRobust();
        _validation?.BeginRobust();
        Combine(mixture);
        _trace.Begin(BoostingBlock.Robust);
        for (int iteration = 0; iteration < _options.RobustIterations; iteration++)
        {
            _cancellation.ThrowIfCancellationRequested();
            Differentiate();
            TreeSample sample = sampler.Draw(iteration);
            mixture.Weigh(outlier: true, _gradient, _curvature, first, second);
            Tree outlier = learner.Fit(first, second, sample);
            Refit(outlier, sample, isOutlier: true);
            mixture.Step(_gradient, _curvature, _train);
            ScoreState.Add(outlier, learner.LeafOfRow, _train.Outlier, _options.LearningRate);
            mixture.Weigh(outlier: false, _gradient, _curvature, first, second);
            Tree nonOutlier = learner.Fit(first, second, sample);
            Refit(nonOutlier, sample, isOutlier: false);
            ScoreState.Add(nonOutlier, learner.LeafOfRow, _train.NonOutlier, _options.LearningRate);
            _outlier.Add(outlier);
            _nonOutlier.Add(nonOutlier);
            mixture.Move();
            if (held is not null)
            {
                outlier.AddTo(held, 0, _validation!.Outlier, _options.LearningRate);
                nonOutlier.AddTo(held, 0, _validation.NonOutlier, _options.LearningRate);
            }

            Combine(mixture);
            _progress.Report(BoostingBlock.Robust, _trace.Record());
            if (_trace.IsBest) theta.CopyTo(best, 0);
            if (_trace.IsOver) break;
        }

        int kept = _trace.End();
        Keep(_outlier, kept);
        Keep(_nonOutlier, kept);
        best.CopyTo(theta, 0);
        _train.EndRobust();
        _validation?.EndRobust();

        void Refit(Tree tree, TreeSample sample, bool isOutlier)
        {
            if (!Refits) return;
            mixture.Shares(isOutlier, shares);
            LeafRefits.Apply(_objective, tree, sample, learner.LeafOfRow, RowLabels.All(Data), _train.Total, shares);
        }
    }

    private void Combine(TaskMixture mixture)
    {
        _train.Combine(mixture.Mix);
        _validation?.Combine(mixture.Mix);
    }

    private static void Keep(List<Tree> trees, int count) => trees.RemoveRange(count, trees.Count - count);
}
