using Polymath.Learning.Optimization;
using Polymath.Merging.TaskVectors;

namespace Polymath.Merging;

/// <summary>How Self Positioning searches.</summary>
/// <example><code>
/// var steadier = new SelfPositioningOptions { Optimizer = () => new Adam(1e-2) };
/// </code></example>
public sealed record SelfPositioningOptions
{
    /// <summary>Which points are searched. Default: convex combinations with a length.</summary>
    public PositionForm Form { get; init; }

    /// <summary>Makes the optimiser of a search. Default: plain gradient descent at 0.05.</summary>
    public Func<Optimizer> Optimizer { get; init; } = static () => new Sgd(0.05);

    /// <summary>Steps, at least 1. Default: 200.</summary>
    public int Steps { get; init; } = 200;

    /// <summary>Examples of a task in a batch, at least 1. Default: 32.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>True for one task in each step, in turn, so that in-batch negatives are of one kind; false for a batch of each task in every step.</summary>
    public bool PerTaskBatches { get; init; } = true;

    /// <summary>Divide each task's loss by its loss at the uniform point, so that tasks with easy negatives do not lead.</summary>
    public bool NormalizeLosses { get; init; }

    /// <summary>The largest length lambda; it is clamped to [0, this] after each step. Default: 3.</summary>
    public double LargestScale { get; init; } = 3;

    /// <summary>Where lambda starts, in [0, <see cref="LargestScale"/>]. Default: 1.</summary>
    public double InitialScale { get; init; } = 1;

    /// <summary>Steps between two looks at the validation loss, at least 1. Default: 10.</summary>
    public int CheckEvery { get; init; } = 10;

    /// <summary>Stop after so many looks without a lower validation loss; null to take all steps. Default: 5.</summary>
    public int? Patience { get; init; } = 5;

    /// <summary>Also try the mean of the last iterates, this share of the steps taken; 0 for not. Default: 0.</summary>
    public double AverageLast { get; init; }

    /// <summary>mu of a penalty mu sum_t s_t ln s_t that keeps the weights from collapsing to one expert, 0 or more. Default: 0.</summary>
    public double EntropyPenalty { get; init; }

    /// <summary>True to draw batches at random; false to walk through the examples in their order.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Where the order of examples comes from.</summary>
    public ulong Seed { get; init; }

    /// <summary>Told about each step; the trained values are (a, lambda), or c.</summary>
    public CoefficientStepObserver? Observer { get; init; }

    /// <exception cref="MergeException">An option is out of range.</exception>
    internal void Validate()
    {
        if (Steps < 1 || BatchSize < 1 || CheckEvery < 1 || Patience is < 1) throw new MergeException($"Self Positioning: found {Steps} steps with batches of {BatchSize}, a look every {CheckEvery} and a patience of {Patience}, expected at least 1 of each.");
        if (!(LargestScale > 0) || !double.IsFinite(LargestScale)) throw new MergeException($"Self Positioning: found the largest length {LargestScale}, expected a finite number more than 0.");
        if (!(InitialScale >= 0 && InitialScale <= LargestScale)) throw new MergeException($"Self Positioning: found the initial length {InitialScale}, expected one in [0, {LargestScale}].");
        if (AverageLast is not (>= 0 and <= 1)) throw new MergeException($"Self Positioning: found the share {AverageLast} of iterates to average, expected one in [0, 1].");
        if (!(EntropyPenalty >= 0) || !double.IsFinite(EntropyPenalty)) throw new MergeException($"Self Positioning: found the entropy penalty {EntropyPenalty}, expected a finite number of 0 or more.");
    }
}
