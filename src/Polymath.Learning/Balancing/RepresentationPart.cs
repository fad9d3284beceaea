namespace Polymath.Learning.Balancing;

/// <summary>A value that several tasks share and the task gradients there, seen as [batch, features]. A shared parameter has a batch of 1.</summary>
public readonly ref struct RepresentationPart
{
    /// <summary>Rows of the batch.</summary>
    public required int Batch { get; init; }

    /// <summary>[batch, features] the values.</summary>
    public required ReadOnlySpan<float> Values { get; init; }

    /// <summary>[K', batch, features] the gradient of every task present.</summary>
    public required ReadOnlySpan<float> Gradients { get; init; }

    /// <summary>Number of features.</summary>
    public int Features => Values.Length / Batch;

    /// <summary>[batch, features] of one task.</summary>
    /// <param name="task">Row in [0, K').</param>
    public ReadOnlySpan<float> Of(int task) => Gradients.Slice(task * Values.Length, Values.Length);
}
