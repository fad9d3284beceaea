using Polymath.Tensors;

namespace Polymath.Learning.Training;

/// <summary>Where a fit stands and what one step works on.</summary>
internal readonly ref struct StepContext
{
    /// <summary>The training rows.</summary>
    public required Dataset Data { get; init; }

    /// <summary>The order of rows in this epoch.</summary>
    public required BatchOrder Order { get; init; }

    /// <summary>Which batch of the epoch.</summary>
    public required int Index { get; init; }

    /// <summary>Zero-based epoch.</summary>
    public required int Epoch { get; init; }

    /// <summary>Optimiser steps since the start.</summary>
    public required long Step { get; init; }

    /// <summary>The learning rate of this step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The balancer's stream.</summary>
    public required RandomStream Random { get; init; }

    /// <summary>Where to add the angles between the tasks' gradients; empty to skip them.</summary>
    public ReadOnlySpan<ConflictStatistics> Conflicts { get; init; }

    /// <summary>The rows of the batch.</summary>
    public ReadOnlySpan<int> Rows => Order[Index];

    /// <summary>The rows of a later batch of the epoch, starting over at its end.</summary>
    /// <param name="ahead">How many batches later.</param>
    public ReadOnlySpan<int> RowsAhead(int ahead) => Order[(Index + ahead) % Order.Steps];
}
