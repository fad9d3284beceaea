namespace Polymath.Boosting;

/// <summary>Sums the trees of a model over rows.</summary>
internal sealed class ModelScorer(BoostedModel model)
{
    /// <summary>F, <c>[rows, outputs]</c>.</summary>
    public double[] Scores(FeatureMatrix features, int[]? taskOfRow)
    {
        int outputs = model.Outputs;
        double[] scores = new double[features.Rows * outputs];
        FeatureMatrix shared = model.Options.TaskAsFeature ? TaskFeature.Append(features, taskOfRow, model.Tasks!, model.Options.Learner == LearnerKind.Exact) : features;
        double rate = model.Options.LearningRate;
        for (int row = 0; row < features.Rows; row++)
        {
            Span<double> of = scores.AsSpan(row * outputs, outputs);
            for (int k = 0; k < outputs; k++) of[k] = model.Initial[k];
            foreach (Tree tree in model.SharedTrees) Add(tree, shared.Row(row), of, 0, rate);
            int task = taskOfRow?[row] ?? -1;
            double s = task < 0 || model.Theta.Count == 0 ? 0.5 : TaskMixture.Sigmoid(model.Theta[task]);
            foreach (Tree tree in model.NonOutlierTrees) Add(tree, shared.Row(row), of, 0, rate * (1 - s));
            foreach (Tree tree in model.OutlierTrees) Add(tree, shared.Row(row), of, 0, rate * s);
            if (model.Tasks is null)
            {
                for (int target = 0; target < model.TaskTrees.Count; target++)
                {
                    foreach (Tree tree in model.TaskTrees[target]) Add(tree, features.Row(row), of, model.Objective.Offsets[target], rate);
                }
            }
            else if (task >= 0)
            {
                foreach (Tree tree in model.TaskTrees[task]) Add(tree, features.Row(row), of, 0, rate);
            }
        }

        return scores;
    }

    private static void Add(Tree tree, ReadOnlySpan<float> row, Span<double> scores, int offset, double rate)
    {
        ReadOnlySpan<double> values = tree.Values(tree.LeafOf(row));
        for (int k = 0; k < values.Length; k++) scores[offset + k] += rate * values[k];
    }
}
