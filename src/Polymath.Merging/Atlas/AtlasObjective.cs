using Polymath.Merging.TaskVectors;

namespace Polymath.Merging;

/// <summary>What the coefficients of aTLAS are learned for.</summary>
/// <example><code>
/// AtlasObjective forget = AtlasObjective.Negation(target: cars, control: imageNet);
/// AtlasObjective transfer = AtlasObjective.FewShot(birds, shots: 4);
/// </code></example>
public abstract class AtlasObjective
{
    private protected AtlasObjective()
    {
    }

    /// <summary>Many tasks in one model: L = sum_t loss_t; the epoch with the best mean normalised score is kept, if it beats the base.</summary>
    /// <param name="tasks">One task or more.</param>
    /// <exception cref="MergeException">There is no task, or one has no rows.</exception>
    public static AtlasObjective Addition(params IReadOnlyList<SupervisedTask> tasks) => new AdditionObjective(tasks);

    /// <summary>A skill forgotten: L = -loss_target + loss_control; of the epochs in which the control keeps a share of its score the one with the lowest target score is kept, and the first that fails to is the last.</summary>
    /// <param name="target">The task to forget.</param>
    /// <param name="control">The task to remember.</param>
    /// <param name="controlShare">The share of the base's control score that has to stay, in (0, 1]. Default: 0.95.</param>
    /// <exception cref="MergeException">The control is missing, a task has no rows, or the share is out of range.</exception>
    public static AtlasObjective Negation(SupervisedTask target, SupervisedTask? control, double controlShare = 0.95) => new NegationObjective(target, control, controlShare);

    /// <summary>A new task from the vectors of other tasks and a few labelled examples; the epoch with the best score is kept, if it beats the base.</summary>
    /// <param name="task">The task, with labels.</param>
    /// <param name="shots">Examples of each class to learn from, at least 1.</param>
    /// <param name="allowSelf">True to allow a task vector of the task's own name in the pool.</param>
    /// <exception cref="MergeException">The task has no labels, or a class has no example.</exception>
    public static AtlasObjective FewShot(SupervisedTask task, int shots, bool allowSelf = false) => new FewShotObjective(task, shots, allowSelf);

    /// <summary>A new task from unlabelled inputs only, by unsupervised FixMatch (<see cref="UfmLoss"/>) from the base's own predictions.</summary>
    /// <param name="task">The inputs in two views.</param>
    /// <param name="mode">Which predictions are trusted.</param>
    /// <param name="threshold">How sure a target has to be, in [0, 1). Default: 0.99.</param>
    /// <param name="allowSelf">True to allow a task vector of the task's own name in the pool.</param>
    /// <exception cref="MergeException">There are no inputs.</exception>
    public static AtlasObjective TestTimeUfm(UnlabeledViews task, UfmMode mode = UfmMode.Paper, double threshold = 0.99, bool allowSelf = false) => new TestTimeObjective(task, mode, threshold, allowSelf);

    /// <summary>Prepares a run; the network holds theta_0.</summary>
    internal abstract AtlasRun Start(TaskVectorPool pool, AtlasOptions options);

    private protected static void RequireOthers(TaskVectorPool pool, string task, bool allowSelf)
    {
        if (!allowSelf && pool.Contains(task)) throw new MergeException($"the pool holds the task vector of '{task}' itself, which would leak the answer; take it out with {nameof(TaskVectorPool)}.{nameof(TaskVectorPool.Without)}, or allow it.");
    }
}
