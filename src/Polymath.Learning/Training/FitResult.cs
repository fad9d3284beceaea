namespace Polymath.Learning.Training;

/// <summary>What a fit did.</summary>
public sealed record FitResult
{
    /// <summary>One record per epoch.</summary>
    public required IReadOnlyList<EpochRecord> History { get; init; }

    /// <summary>Zero-based epoch whose weights the model now has.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>False when it was cancelled; the checkpoint then continues it.</summary>
    public required bool Completed { get; init; }

    /// <summary>How the tasks' gradients pointed to each other.</summary>
    public required ConflictStatistics Conflicts { get; init; }

    /// <summary>Seconds of training and validation; those before an interruption count up to its checkpoint.</summary>
    public required double Seconds { get; init; }

    /// <summary>Training rows per second over those seconds.</summary>
    public required double RowsPerSecond { get; init; }

    /// <summary>Parameters reached by more than one task.</summary>
    public required int SharedParameters { get; init; }

    /// <summary>The memory of a training step; null when no step was left to do.</summary>
    public StepMemory? Memory { get; init; }
}
