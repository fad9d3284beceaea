using System.Globalization;
using Polymath.Learning;
using Polymath.Merging.TaskVectors;

namespace Polymath.Merging;

/// <summary>
/// Finds the best point in the span of several experts' task vectors by stochastic gradient descent on a small balanced probe, moving the interpolation
/// coefficients only (Li et al., "Improving General Text Embedding Model: Tackling Task Conflict and Data Imbalance through Model Merging", 2024,
/// arXiv 2410.15035).
/// </summary>
/// <remarks>
/// The authors' code is not public: the two forms, the clamp of the length and all defaults are this library's reading of the abstract. Experts must come from one base
/// and share tokenizer, pooling and normalisation, which are part of the network. Draw the probe from training data.
/// </remarks>
/// <example><code>
/// var pool = TaskVectorPool.Of(theta0, ("search", search), ("similarity", similarity));
/// SelfPositioningResult result = SelfPositioning.Search(encoder, pool, probe);
/// result.Merged.Save("merged.safetensors", result.Metadata);
/// </code></example>
public static class SelfPositioning
{
    /// <summary>Searches. Afterwards the encoder holds theta_0 again.</summary>
    /// <param name="encoder">The network that is merged.</param>
    /// <param name="pool">theta_0 and the experts' task vectors.</param>
    /// <param name="probe">A few training examples of each task, as many of each.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="MergeException">A probe is empty, smaller than a batch or drawn from test data, an option is out of range, or a loss or coefficient is not finite; the task is named.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public static SelfPositioningResult Search(Module encoder, TaskVectorPool pool, IReadOnlyList<ProbeTask> probe, SelfPositioningOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(probe);
        options ??= new();
        options.Validate();
        RequireProbe(probe, options);
        using var space = new TaskVectorSpace(encoder, pool, CoefficientGranularity.Isotropic);
        var objective = new ProbeLoss(probe, options);
        bool free = options.Form == PositionForm.Free;
        CoefficientMap map = free ? new CoefficientMap() : new SoftmaxScaleMap((float)options.LargestScale);
        float[] start = new float[map.TrainedCount(space.Count)];
        if (free) Array.Fill(start, 1f / pool.Count);
        else start[^1] = (float)options.InitialScale;
        using var descent = new CoefficientDescent(space, map, options.Optimizer(), objective, start)
        {
            Observer = options.Observer,
            Penalty = free || options.EntropyPenalty == 0 ? null : (trained, gradient) => SoftmaxScaleMap.EntropyPenalty(trained, options.EntropyPenalty, gradient),
        };
        double[] atBase = objective.Measure(space, new float[space.Count]), atStart = objective.Measure(space, descent.Coefficients);
        for (int t = 0; options.NormalizeLosses && t < probe.Count; t++) objective.Scales[t] = 1 / atStart[t];
        PositionVertex[] vertices = PositionSurvey.Vertices(space, objective);
        var warnings = new List<string>(PositionSurvey.Warnings(pool, vertices, atBase.Average()));
        var path = new PositionPath(space, map, objective, descent, options, atStart);
        if (PositionSurvey.Degenerate(pool) is { } degenerate) warnings.Add(degenerate);
        else path.Run(cancellation);
        float[] found = new float[space.Count];
        map.Forward(path.Best, found);
        double[] atFound = objective.Measure(space, found);
        double[] weights = free ? [.. path.Best.Select(c => (double)c)] : SoftmaxScaleMap.Softmax(path.Best.AsSpan(0, pool.Count));
        if (!free && pool.Count > 1 && weights.Max() > 0.99) warnings.Add($"the weights collapsed to the expert '{pool.Names[Array.IndexOf(weights, weights.Max())]}' ({weights.Max().ToString("P1", CultureInfo.InvariantCulture)}); an entropy penalty keeps the others in.");
        return new SelfPositioningResult
        {
            Weights = weights,
            Scale = free ? 1 : path.Best[^1],
            Coefficients = space.Table(found),
            Merged = space.Merge(found),
            LossCurve = path.Losses,
            Trajectory = path.Points,
            Tasks = [.. probe.Select((task, t) => new PositionedTask(task.Name, atBase[t], atStart[t], atFound[t]))],
            Vertices = vertices,
            Loss = atFound.Average(),
            Warnings = warnings,
            Metadata = PositionSurvey.Metadata(pool, probe, options),
        };
    }

    private static void RequireProbe(IReadOnlyList<ProbeTask> probe, SelfPositioningOptions options)
    {
        if (probe.Count == 0) throw new MergeException("Self Positioning: the probe has no tasks, expected one or more.");
        foreach (ProbeTask task in probe)
        {
            if (task.Split == ProbeSplit.Test) throw new MergeException($"task '{task.Name}': the probe was drawn from test data, which would leak; expected training examples.");
            if (task.Rows < options.BatchSize) throw new MergeException($"task '{task.Name}': the probe holds {task.Rows} examples, expected at least a batch of {options.BatchSize}.");
            if (task.Validation is { Rows: < 1 }) throw new MergeException($"task '{task.Name}': the probe holds no examples to choose by, expected at least 1, or no validation.");
        }
    }
}
