using Polymath.Learning;
using Polymath.Learning.Optimization;
using Polymath.Merging.TaskVectors;

namespace Polymath.Merging;

/// <summary>
/// Composes a library of task vectors with one learned scalar for each vector and parameter block, theta_0 + sum_i Lambda_i tau_i with Lambda_i block-diagonal:
/// to add tasks, to forget one, or to reach a new one from few or no labels (Zhang et al., "Knowledge Composition using Task Vectors with Learned
/// Anisotropic Scaling", NeurIPS 2024, arXiv 2407.02880).
/// </summary>
/// <remarks>Coefficients start at 0, at the base, and are not bounded: negative ones are legal and useful. Choosing the epoch on the rows that were learned overestimates; give a task a score on other rows.</remarks>
/// <example><code>
/// AtlasResult result = Atlas.Learn(encoder, pool.Without("birds"), AtlasObjective.FewShot(birds, shots: 4), AtlasOptions.FewShot);
/// File.WriteAllText("coefficients.csv", result.Coefficients.ToCsv());
/// result.Merged.CopyTo(encoder);
/// </code></example>
public static class Atlas
{
    /// <summary>Learns the coefficients. Afterwards the network holds theta_0 again.</summary>
    /// <param name="network">The network that is composed, without the heads.</param>
    /// <param name="pool">theta_0 and the task vectors.</param>
    /// <param name="objective">What to learn.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="MergeException">An option is out of range, the pool holds the task's own vector, or a loss is not finite; the task is named.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public static AtlasResult Learn(Module network, TaskVectorPool pool, AtlasObjective objective, AtlasOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(objective);
        options ??= new();
        options.Validate();
        using var space = new TaskVectorSpace(network, pool, options.Granularity);
        AtlasRun run = objective.Start(pool, options);
        AtlasJudgement zeroShot = run.Judge(null);
        bool[]? active = options.BlockBudget is { } budget ? SelectBlocks(space, run, budget, options.SelectionSteps) : null;
        using var descent = new CoefficientDescent(space, new CoefficientMap(), new AdamW(options.LearningRate, weightDecay: options.WeightDecay), run, new float[space.Count])
        {
            ClipNorm = options.ClipNorm,
            Active = active,
            Observer = options.Observer,
            Penalty = options.LpNorm is null ? null : (trained, gradient) => CoefficientNorm.Penalty(trained, pool.Count, options.LpNorm, options.LpStrength, gradient),
        };
        var history = new List<AtlasEpoch>(options.Epochs);
        var warnings = new List<string>(run.Warnings);
        float[] best = new float[space.Count];
        (double Score, int Epoch) chosen = (zeroShot.Score, 0);
        int steps = options.StepsPerEpoch ?? run.StepsPerEpoch;
        for (int epoch = 0; epoch < options.Epochs; epoch++)
        {
            double loss = Epoch(descent, run, options, epoch, steps, cancellation);
            space.Compose(descent.Coefficients);
            AtlasJudgement judgement = run.Judge(zeroShot);
            history.Add(new(epoch + 1, loss, judgement.Score, judgement.Control));
            if (judgement.Admissible && (double.IsNaN(judgement.Score) || judgement.Score > chosen.Score))
            {
                chosen = (judgement.Score, epoch + 1);
                descent.Coefficients.CopyTo(best, 0);
            }

            if (judgement.Stop) break;
        }

        if (chosen.Epoch == 0) warnings.Add("no epoch is better than the base, so the coefficients are all 0; more rows, another learning rate or other task vectors may help.");
        return new(space.Table(best), space.Merge(best), history, zeroShot.Score, chosen.Epoch, warnings);
    }

    private static double Epoch(CoefficientDescent descent, AtlasRun run, AtlasOptions options, int epoch, int steps, CancellationToken cancellation)
    {
        run.BeginEpoch();
        double sum = 0;
        int taken = 0;
        for (int i = 0; i < steps; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            int step = (epoch * steps) + i;
            if (descent.Step(step, options.Schedule.Factor(step, (long)options.Epochs * steps)) is not { } loss) continue;
            sum += loss;
            taken++;
        }

        return sum / taken;
    }

    /// <summary>The pairs of vector and block with the largest |dL/dc| at c = 0, averaged over a few steps.</summary>
    private static bool[] SelectBlocks(TaskVectorSpace space, AtlasRun run, int budget, int steps)
    {
        double[] scores = new double[space.Count];
        using var probe = new CoefficientDescent(space, new CoefficientMap(), new Sgd(), run, new float[space.Count]);
        run.BeginEpoch();
        for (int step = 0; step < steps; step++)
        {
            if (probe.Gradient(step) is null) continue;
            for (int i = 0; i < scores.Length; i++) scores[i] += Math.Abs(probe.CoefficientGradient[i]);
        }

        bool[] active = new bool[scores.Length];
        foreach (int i in Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).Take(budget)) active[i] = true;
        return active;
    }
}
