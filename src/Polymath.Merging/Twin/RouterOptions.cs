namespace Polymath.Merging.Twin;

/// <summary>Settings of <see cref="TwinRouter.Fit"/>.</summary>
public sealed record RouterOptions
{
    /// <summary>Rate of AdamW, falling linearly to zero. Default: 5e-4.</summary>
    public double LearningRate { get; init; } = 5e-4;

    /// <summary>Rows of a step, 2 or more. Default: 1024.</summary>
    public int BatchSize { get; init; } = 1024;

    /// <summary>Passes over the rows. Default: 50.</summary>
    public int Epochs { get; init; } = 50;

    /// <summary>Width of both hidden layers; null for twice the features.</summary>
    public int? Hidden { get; init; }

    /// <summary>Dropout after both hidden layers, in [0, 1). Default: 0.5.</summary>
    public float Dropout { get; init; } = 0.5f;

    /// <summary>The part of the rows by whose accuracy the best epoch is kept, in [0, 1); 0 trains on all and keeps the last. Default: 0.1. (The released code chooses on the test set.)</summary>
    public double HoldOut { get; init; } = 0.1;

    /// <summary>Names all draws.</summary>
    public ulong Seed { get; init; }
}
