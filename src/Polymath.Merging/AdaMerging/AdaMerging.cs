using System.Globalization;
using Polymath.Learning;
using Polymath.Learning.Optimization;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Merging;

/// <summary>
/// Learns how much of each task vector to add, without labels: coefficients lambda, one for each task or one for each task and tensor, that minimise the entropy
/// of the merged model's predictions, sum_t mean_i H(softmax(head_t(f(x_t,i; theta_0 + sum_t clamp(lambda_t) tau_t)))) (Yang et al., "AdaMerging: Adaptive
/// Model Merging for Multi-Task Learning", ICLR 2024, arXiv 2310.02575).
/// </summary>
/// <remarks>
/// A constant prediction has little entropy too: from a start where the merged model is poor, minimising entropy makes it worse. Look at
/// <see cref="AdaMergingResult.Warnings"/>, and beside the result at the accuracy of the start where labels exist. Adapt on one split and score on another;
/// the published numbers adapt on the inputs that are scored.
/// </remarks>
/// <example><code>
/// var pool = TaskVectorPool.Of(theta0, ("digits", digits), ("letters", letters));
/// AdaMergingResult result = AdaMerging.Fit(encoder, pool, [digitsTask, lettersTask]);
/// result.Merged.CopyTo(encoder);
/// result.Coefficients.Save("coefficients.json");
/// </code></example>
public static class AdaMerging
{
    private const int EvaluationRows = 256;

    /// <summary>Learns the coefficients. Afterwards the network holds theta_0 again.</summary>
    /// <param name="network">The network that is merged, without the heads.</param>
    /// <param name="pool">theta_0 and the task vectors.</param>
    /// <param name="tasks">Inputs and head of each task vector, under its name; in any order.</param>
    /// <param name="options">How; null for the defaults of the paper.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="MergeException">A task vector has no head, a task has no inputs or no classes, an option is out of range, or a loss is not finite; the task is named.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public static AdaMergingResult Fit(Module network, TaskVectorPool pool, IReadOnlyList<UnlabeledTask> tasks, AdaMergingOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(tasks);
        options ??= new();
        options.Validate();
        RequireTasks(pool, tasks);
        if (options.PlusPlus)
        {
            TaskVector[] agreeing = GlobalTies.Split([.. pool.Vectors.Select(vector => vector.Vector)], new GlobalTiesOptions { Keep = options.Keep });
            pool = new(pool.Theta0, [.. pool.Vectors.Zip(agreeing, (vector, kept) => vector with { Vector = kept })]);
        }

        using var space = new TaskVectorSpace(network, pool, options.Granularity);
        float[] start = new float[space.Count];
        Predictions[] pretrained = Predict(space, start, tasks, options.Entropy);
        Array.Fill(start, (float)options.Initial);
        Predictions[] initial = Predict(space, start, tasks, options.Entropy);
        var objective = new EntropyLoss(tasks, options);
        CoefficientMap map = options.Clamp is { } clamp ? new ClampMap((float)clamp.Low, (float)clamp.High) : new CoefficientMap();
        using var descent = new CoefficientDescent(space, map, new Adam(options.LearningRate), objective, start) { Observer = options.Observer };
        var losses = new List<double>(options.Steps);
        for (int step = 0; step < options.Steps && !OnPlateau(losses, options.Plateau); step++)
        {
            cancellation.ThrowIfCancellationRequested();
            losses.Add(descent.Step(step)!.Value);
        }

        Predictions[] final = Predict(space, descent.Coefficients, tasks, options.Entropy);
        AdaptedTask[] adapted = [.. tasks.Select((task, t) => new AdaptedTask(task.Name, pretrained[t].Entropy, initial[t].Entropy, final[t].Entropy, initial[t].Classes, final[t].Classes))];
        return new(space.Table(descent.Coefficients), pool, space.Merge(descent.Coefficients), losses, adapted, [.. objective.Warnings(), .. Drifts(adapted, options.DriftShare)]);
    }

    private static void RequireTasks(TaskVectorPool pool, IReadOnlyList<UnlabeledTask> tasks)
    {
        if (tasks.Count == 0) throw new MergeException("AdaMerging: there are no unlabelled tasks, expected one for each task vector.");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (UnlabeledTask task in tasks)
        {
            if (!names.Add(task.Name)) throw new MergeException($"AdaMerging: two tasks are called '{task.Name}', expected every name once.");
            if (task.Rows < 1) throw new MergeException($"task '{task.Name}': there are {task.Rows} unlabelled inputs, expected at least 1.");
        }

        if (pool.Names.FirstOrDefault(name => !names.Contains(name)) is { } missing) throw new MergeException($"AdaMerging: task vector '{missing}' has no head and inputs, expected a task of that name; found {string.Join(", ", names)}.");
    }

    private static IEnumerable<string> Drifts(AdaptedTask[] tasks, double share)
        => tasks.Where(task => task.Drift > share).Select(task => string.Create(CultureInfo.InvariantCulture, $"task '{task.Name}': the classes of {100 * task.Drift:F0} % of its inputs moved, from {string.Join('/', task.InitialClasses)} to {string.Join('/', task.FinalClasses)} inputs for each; entropy falls with such a drift too, so compare with the labels of a few inputs."));

    private static bool OnPlateau(List<double> losses, int? window)
        => window is { } steps && losses.Count >= 2 * steps && losses.Count % steps == 0 && losses.Skip(losses.Count - steps).Sum() >= losses.Skip(losses.Count - (2 * steps)).Take(steps).Sum();

    private static Predictions[] Predict(TaskVectorSpace space, float[] coefficients, IReadOnlyList<UnlabeledTask> tasks, EntropyForm form)
    {
        space.Compose(coefficients);
        using var tape = new Tape();
        using Tape.NoGradientScope quiet = Tape.NoGradient();
        return [.. tasks.Select(task => Predict(tape, task, form))];
    }

    private static Predictions Predict(Tape tape, UnlabeledTask task, EntropyForm form)
    {
        if (task.Surrogate is not null) return new(double.NaN, []);
        int[] rows = [.. Enumerable.Range(0, task.Rows)], classes = [];
        double entropy = 0;
        for (int start = 0; start < rows.Length; start += EvaluationRows)
        {
            ReadOnlySpan<int> batch = rows.AsSpan(start, Math.Min(EvaluationRows, rows.Length - start));
            Tensor logits = EntropyLoss.RequireLogits(task, batch);
            if (classes.Length == 0) classes = new int[logits.Shape[1]];
            EntropyLoss.CountClasses(logits, classes);
            entropy += (double)PredictionEntropy.Mean(logits, form).Item() * batch.Length;
            tape.Reset();
        }

        return new(entropy / rows.Length, classes);
    }

    private sealed record Predictions(double Entropy, int[] Classes);
}
