namespace Polymath.Boosting;

/// <summary>One tree in the score of a task.</summary>
/// <param name="Tree">The tree.</param>
/// <param name="Factor">What it counts: the learning rate, times the share of its ensemble in block 2.</param>
/// <param name="Offset">The output its first value goes to.</param>
/// <param name="SeesTask">Whether it is from block 1 or 2, whose features may hold the task.</param>
internal readonly record struct ModelTerm(Tree Tree, double Factor, int Offset, bool SeesTask)
{
    /// <summary>All trees that score the rows of a task; -1 for a task unknown to training.</summary>
    public static ModelTerm[] Of(BoostedModel model, int task)
    {
        double rate = model.Options.LearningRate, s = task < 0 || model.Theta.Count == 0 ? 0.5 : TaskMixture.Sigmoid(model.Theta[task]);
        var terms = new List<ModelTerm>();
        terms.AddRange(model.SharedTrees.Select(tree => new ModelTerm(tree, rate, 0, SeesTask: true)));
        terms.AddRange(model.NonOutlierTrees.Select(tree => new ModelTerm(tree, rate * (1 - s), 0, SeesTask: true)));
        terms.AddRange(model.OutlierTrees.Select(tree => new ModelTerm(tree, rate * s, 0, SeesTask: true)));
        for (int unit = 0; unit < model.TaskTrees.Count; unit++)
        {
            if (model.Tasks is not null && unit != task) continue;
            int offset = model.Tasks is null ? model.Objective.Offsets[unit] : 0;
            terms.AddRange(model.TaskTrees[unit].Select(tree => new ModelTerm(tree, rate, offset, SeesTask: false)));
        }

        return [.. terms];
    }
}
