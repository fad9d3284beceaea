using Polymath.Tensors.Kernels;

namespace Polymath.Boosting;

/// <summary>
/// Block 3. The trees of a task see the rows of that task only, so tasks are fitted one after the other or side by side, each to its end.
/// Where the targets are the tasks, a unit is one target over all rows.
/// </summary>
internal sealed class TaskBlock(BoostingOptions options, BoostingObjective objective, ScoreState train, ScoreState? validation, FitProgress progress, LossTrace trace, CancellationToken cancellation)
{
    private const ulong FirstUnit = 2;

    private bool ByTask => train.Data.Tasks is not null;

    /// <summary>Fits the trees of every unit.</summary>
    /// <param name="trees">Receives them by unit.</param>
    public void Fit(Tree[][] trees)
    {
        double[][] trained = new double[trees.Length][], held = new double[trees.Length][];
        var body = new UnitBody { Block = this, Trees = trees, Trained = trained, Held = held };
        Workers.For(trees.Length, ref body);
        double[] sums = new double[options.TaskIterations], heldSums = new double[options.TaskIterations];
        for (int unit = 0; unit < trees.Length; unit++)
        {
            for (int iteration = 0; iteration < sums.Length; iteration++)
            {
                sums[iteration] += trained[unit][iteration];
                heldSums[iteration] += held[unit][iteration];
            }
        }

        trace.AddTasks(sums, heldSums);
    }

    private void FitUnit(int unit, Tree[][] trees, double[][] trained, double[][] held)
    {
        trained[unit] = new double[options.TaskIterations];
        held[unit] = new double[options.TaskIterations];
        UnitScores own = UnitScores.Of(objective, train, unit);
        UnitScores? valid = validation is null ? null : UnitScores.Of(objective, validation, unit);
        if (own.Rows.Count == 0)
        {
            // Nothing to learn; the loss of its validation rows stays what blocks 1 and 2 made it.
            if (valid is not null) Array.Fill(held[unit], valid.Sum());
            for (int iteration = 0; iteration < options.TaskIterations; iteration++) progress.Report(BoostingBlock.Task, double.NaN);
            return;
        }

        FeatureMatrix features = train.Data.Features;
        TreeLearner learner = TreeLearners.Create(options, features, own.Rows.Start, own.Rows.Count, own.Outputs);
        var sampler = new Sampler(options, learner.Rows, features.Width, FirstUnit + (ulong)unit);
        var grown = new List<Tree>();
        bool ones = options.Leaves == LeafRule.Mean, refits = !ones && own.Objective.RefitsLeaves, stops = options.Patience > 0 && valid is { Rows.Count: > 0 };
        double[] gradient = new double[own.Scores.Length], curvature = own.NeedsCurvature(ones) ? new double[gradient.Length] : [];
        double bestLoss = stops ? valid!.Sum() : 0;
        int best = 0;
        double[] saved = stops ? [.. own.Scores] : [], savedValid = stops ? [.. valid!.Scores] : [];
        for (int iteration = 0; iteration < options.TaskIterations; iteration++)
        {
            cancellation.ThrowIfCancellationRequested();
            own.Objective.Differentiate(own.Scores, own.Rows, gradient, curvature, ones);
            TreeSample sample = sampler.Draw(iteration);
            Tree tree = learner.Fit(gradient, curvature, sample);
            if (refits) LeafRefits.Apply(own.Objective, tree, sample, learner.LeafOfRow, own.Rows, own.Scores, shares: default);
            grown.Add(tree);
            ScoreState.Add(tree, learner.LeafOfRow, own.Scores, options.LearningRate);
            trained[unit][iteration] = own.Sum();
            if (valid is { Rows.Count: > 0 })
            {
                tree.AddTo(validation!.Data.Features, valid.Rows.Start, valid.Scores, options.LearningRate);
                held[unit][iteration] = valid.Sum();
            }

            progress.Report(BoostingBlock.Task, double.NaN);
            if (!stops) continue;
            if (held[unit][iteration] < bestLoss)
            {
                (best, bestLoss, saved, savedValid) = (iteration + 1, held[unit][iteration], [.. own.Scores], [.. valid!.Scores]);
            }
            else if (iteration + 1 - best >= options.Patience)
            {
                break;
            }
        }

        if (stops)
        {
            saved.CopyTo(own.Scores, 0);
            savedValid.CopyTo(valid!.Scores, 0);
            grown.RemoveRange(best, grown.Count - best);
            trained[unit].AsSpan(best).Fill(own.Sum());
            held[unit].AsSpan(best).Fill(bestLoss);
        }

        trees[unit] = [.. grown];
        own.Store();
        valid?.Store();
    }

    private struct UnitBody : IBody
    {
        public TaskBlock Block;
        public Tree[][] Trees;
        public double[][] Trained;
        public double[][] Held;

        public readonly void Run(int chunk) => Block.FitUnit(chunk, Trees, Trained, Held);
    }
}
