using Polymath.Tensors.Kernels;

namespace Polymath.Boosting;

/// <summary>Adds the trees of a model to the scores of rows one iteration after the other.</summary>
internal sealed class StagedScorer
{
    private const int ChunkRows = 1024;
    private readonly BoostedModel _model;
    private readonly FeatureMatrix _features, _withTask;
    private readonly int[]? _taskOfRow;
    private readonly double[] _scores, _predictions;

    /// <summary>Rows at their initial scores.</summary>
    public StagedScorer(BoostedModel model, FeatureMatrix features, int[]? taskOfRow)
    {
        (_model, _features, _taskOfRow) = (model, features, model.Tasks is null ? null : taskOfRow);
        _withTask = model.Options.TaskAsFeature ? TaskFeature.Append(features, taskOfRow, model.Tasks!, model.Options.Learner == LearnerKind.Exact) : features;
        _scores = new double[features.Rows * model.Outputs];
        _predictions = new double[_scores.Length];
        for (int i = 0; i < _scores.Length; i++) _scores[i] = model.Initial[i % model.Outputs];
    }

    /// <summary>The stages in the order of fitting; block 2 mixes by the final theta.</summary>
    public IEnumerable<BoostingStage> Stages()
    {
        for (int i = 0; i < _model.SharedTrees.Count; i++) yield return Next(BoostingBlock.Shared, i);
        for (int i = 0; i < _model.OutlierTrees.Count; i++) yield return Next(BoostingBlock.Robust, i);
        int longest = _model.TaskTrees.Count == 0 ? 0 : _model.TaskTrees.Max(trees => trees.Count);
        for (int i = 0; i < longest; i++) yield return Next(BoostingBlock.Task, i);
    }

    private BoostingStage Next(BoostingBlock block, int iteration)
    {
        var body = new StageBody { Scorer = this, Block = block, Iteration = iteration };
        Workers.For((_features.Rows + ChunkRows - 1) / ChunkRows, ref body);
        _scores.CopyTo(_predictions, 0);
        _model.Objective.Link(_predictions);
        return new BoostingStage(block, iteration + 1, _predictions);
    }

    private void Add(int row, BoostingBlock block, int iteration)
    {
        Span<double> scores = _scores.AsSpan(row * _model.Outputs, _model.Outputs);
        double rate = _model.Options.LearningRate;
        int task = _taskOfRow?[row] ?? -1;
        switch (block)
        {
            case BoostingBlock.Shared:
                Add(_model.SharedTrees[iteration], _withTask, row, scores, rate);
                break;
            case BoostingBlock.Robust:
                double s = task < 0 ? 0.5 : TaskMixture.Sigmoid(_model.Theta[task]);
                Add(_model.NonOutlierTrees[iteration], _withTask, row, scores, rate * (1 - s));
                Add(_model.OutlierTrees[iteration], _withTask, row, scores, rate * s);
                break;
            default:
                for (int unit = 0; unit < _model.TaskTrees.Count; unit++)
                {
                    if ((_model.Tasks is not null && unit != task) || iteration >= _model.TaskTrees[unit].Count) continue;
                    Add(_model.TaskTrees[unit][iteration], _features, row, _model.Tasks is null ? scores[_model.Objective.Offsets[unit]..] : scores, rate);
                }

                break;
        }
    }

    private static void Add(Tree tree, FeatureMatrix features, int row, Span<double> scores, double rate)
    {
        ReadOnlySpan<double> values = tree.Values(tree.LeafOf(features.Row(row)));
        for (int k = 0; k < values.Length; k++) scores[k] += rate * values[k];
    }

    private struct StageBody : IBody
    {
        public StagedScorer Scorer;
        public BoostingBlock Block;
        public int Iteration;

        public readonly void Run(int chunk)
        {
            for (int row = chunk * ChunkRows; row < Math.Min(Scorer._features.Rows, (chunk + 1) * ChunkRows); row++) Scorer.Add(row, Block, Iteration);
        }
    }
}
