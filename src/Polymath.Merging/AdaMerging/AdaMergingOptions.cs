using Polymath.Merging.TaskVectors;

namespace Polymath.Merging;

/// <summary>How AdaMerging learns; the defaults are those of the authors' code.</summary>
/// <example><code>
/// var options = new AdaMergingOptions { Granularity = CoefficientGranularity.Isotropic, PlusPlus = true };   // task-wise AdaMerging++
/// </code></example>
public sealed record AdaMergingOptions
{
    /// <summary>FusionBench's variant: no clamp, 1000 steps of one batch for each task, the entropy with a shifted logarithm.</summary>
    public static AdaMergingOptions FusionBench { get; } = new() { Clamp = null, Steps = 1000, BatchesPerStep = 1, Entropy = EntropyForm.ShiftedLog };

    /// <summary>One coefficient for each task and tensor (layer-wise, the default), for each task (<see cref="CoefficientGranularity.Isotropic"/>, task-wise), or groups of your own.</summary>
    public CoefficientGranularity Granularity { get; init; } = CoefficientGranularity.PerTensor;

    /// <summary>AdaMerging++: trim the task vectors and keep only the entries that agree with the elected sign before learning.</summary>
    public bool PlusPlus { get; init; }

    /// <summary>How much of each task vector the trimming of AdaMerging++ keeps, over the whole model: as in <see cref="GlobalTiesOptions.Keep"/>. Default: 20 (per cent).</summary>
    public double Keep { get; init; } = 20;

    /// <summary>Where the coefficients start. Default: 0.3.</summary>
    public double Initial { get; init; } = 0.3;

    /// <summary>The learning rate of Adam, more than 0. Default: 1e-3.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Steps of Adam, at least 1. Default: 500.</summary>
    public int Steps { get; init; } = 500;

    /// <summary>Inputs of a task in a batch, at least 1. Default: 16.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Batches of each task in a step, whose mean entropies are added. Default: 2, as the authors' loop runs.</summary>
    public int BatchesPerStep { get; init; } = 2;

    /// <summary>The interval of the coefficients in the merge; null for any. Default: [0, 1].</summary>
    public (double Low, double High)? Clamp { get; init; } = (0, 1);

    /// <summary>How the entropy is computed.</summary>
    public EntropyForm Entropy { get; init; }

    /// <summary>True to draw each step's inputs afresh; false to walk through them in their order.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Stop once the mean loss of so many steps is no lower than that of as many before them; null to take all steps.</summary>
    public int? Plateau { get; init; }

    /// <summary>Share of a batch that one class has to take to be warned about. Default: 0.9.</summary>
    public double CollapseShare { get; init; } = 0.9;

    /// <summary>Share of a task's inputs by which its classes may move (<see cref="AdaptedTask.Drift"/>) before that is warned of. Default: 0.25.</summary>
    public double DriftShare { get; init; } = 0.25;

    /// <summary>Where the order of inputs comes from.</summary>
    public ulong Seed { get; init; }

    /// <summary>Told about each step.</summary>
    public CoefficientStepObserver? Observer { get; init; }

    /// <exception cref="MergeException">An option is out of range.</exception>
    internal void Validate()
    {
        if (Steps < 1 || BatchSize < 1 || BatchesPerStep < 1) throw new MergeException($"AdaMerging: found {Steps} steps of {BatchesPerStep} batches of {BatchSize}, expected at least 1 of each.");
        if (!(LearningRate > 0) || !double.IsFinite(LearningRate)) throw new MergeException($"AdaMerging: found the learning rate {LearningRate}, expected a finite number more than 0.");
        if (Plateau is < 1) throw new MergeException($"AdaMerging: found a plateau of {Plateau} steps, expected 1 or more, or none.");
        if (!double.IsFinite(Initial)) throw new MergeException($"AdaMerging: found the initial coefficient {Initial}, expected a finite number.");
        if (Clamp is not { } clamp) return;
        if (!(clamp.Low < clamp.High)) throw new MergeException($"AdaMerging: found the clamp [{clamp.Low}, {clamp.High}], expected a lower end below the upper one.");
        if (Initial < clamp.Low || Initial > clamp.High) throw new MergeException($"AdaMerging: found the initial coefficient {Initial} outside the clamp [{clamp.Low}, {clamp.High}], where it has no gradient; start inside, or set no clamp.");
    }
}
