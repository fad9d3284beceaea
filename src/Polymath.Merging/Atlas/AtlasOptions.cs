using Polymath.Learning.Optimization;
using Polymath.Merging.TaskVectors;

namespace Polymath.Merging;

/// <summary>How aTLAS learns; the defaults are those of the authors' code for task addition.</summary>
/// <example><code>
/// AtlasOptions options = AtlasOptions.FewShot with { Granularity = CoefficientGranularity.Partition(10) };   // aTLAS x 10
/// </code></example>
public sealed record AtlasOptions
{
    /// <summary>For few-shot transfer: learning rate 0.1, ten epochs. Right only together with weight decay and clipping.</summary>
    public static AtlasOptions FewShot { get; } = new() { LearningRate = 0.1, Epochs = 10 };

    /// <summary>For adaptation at test time: ten epochs.</summary>
    public static AtlasOptions TestTime { get; } = new() { Epochs = 10 };

    /// <summary>One coefficient for each vector and tensor (the default), for each vector (<see cref="CoefficientGranularity.Isotropic"/>), or for each part (<see cref="CoefficientGranularity.Partition(int, bool, PartitionKey, ulong)"/>).</summary>
    public CoefficientGranularity Granularity { get; init; } = CoefficientGranularity.PerTensor;

    /// <summary>The learning rate of AdamW, more than 0. Default: 1e-3.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Decoupled weight decay, which pulls to the base, 0 or more. Default: 0.1.</summary>
    public double WeightDecay { get; init; } = 0.1;

    /// <summary>Passes over the data, at least 1. Default: 20.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>Steps of an epoch, at least 1; null for one pass over the shortest data set.</summary>
    public int? StepsPerEpoch { get; init; }

    /// <summary>Rows of a step, shared out over the tasks, at least 1. Default: 128.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>The largest norm of the coefficients' gradient, more than 0; null not to clip. Default: 1.</summary>
    public double? ClipNorm { get; init; } = 1;

    /// <summary>How the learning rate moves. Default: half a cosine.</summary>
    public LearningRateSchedule Schedule { get; init; } = new CosineSchedule();

    /// <summary>The p of the penalty gamma mean_b ||c_b||_p, where the norm runs over the vectors: 1, 2, or null for none.</summary>
    public int? LpNorm { get; init; }

    /// <summary>gamma, 0 or more. Default: 0.5.</summary>
    public double LpStrength { get; init; } = 0.5;

    /// <summary>How many pairs of vector and block to learn, those with the largest gradients at c = 0; the others stay 0. Null for all.</summary>
    public int? BlockBudget { get; init; }

    /// <summary>Steps over which the gradients for <see cref="BlockBudget"/> are averaged, at least 1. Default: 4.</summary>
    public int SelectionSteps { get; init; } = 4;

    /// <summary>True to draw rows at random; false to walk through them in their order.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Where the order of rows and the choice of shots come from.</summary>
    public ulong Seed { get; init; }

    /// <summary>Told about each step.</summary>
    public CoefficientStepObserver? Observer { get; init; }

    /// <exception cref="MergeException">An option is out of range.</exception>
    internal void Validate()
    {
        if (Epochs < 1 || BatchSize < 1 || StepsPerEpoch is < 1 || SelectionSteps < 1) throw new MergeException($"aTLAS: found {Epochs} epochs of {StepsPerEpoch?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "all"} steps with {BatchSize} rows and {SelectionSteps} steps to choose blocks by, expected at least 1 of each.");
        if (!(LearningRate > 0) || !double.IsFinite(LearningRate)) throw new MergeException($"aTLAS: found the learning rate {LearningRate}, expected a finite number more than 0.");
        if (!(WeightDecay >= 0) || !double.IsFinite(WeightDecay)) throw new MergeException($"aTLAS: found the weight decay {WeightDecay}, expected a finite number of 0 or more.");
        if (ClipNorm is { } clip && !(clip > 0)) throw new MergeException($"aTLAS: found the largest norm {clip}, expected more than 0, or none.");
        if (LpNorm is not (null or 1 or 2)) throw new MergeException($"aTLAS: found the penalty norm {LpNorm}, expected 1, 2 or none.");
        if (!(LpStrength >= 0)) throw new MergeException($"aTLAS: found the penalty strength {LpStrength}, expected 0 or more.");
        if (BlockBudget is < 1) throw new MergeException($"aTLAS: found a budget of {BlockBudget} blocks, expected 1 or more, or none.");
    }
}
