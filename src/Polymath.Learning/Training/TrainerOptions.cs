namespace Polymath.Learning.Training;

/// <summary>Everything about a fit that is a plain number.</summary>
public sealed record TrainerOptions
{
    /// <summary>Passes over the training rows at most; 1 or more.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>Rows per optimiser step; 1 or more. The last batch of an epoch is smaller, and takes in a single leftover row.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>
    /// Whether an epoch leaves out the rows that do not fill a batch, other ones every time. Few rows make a step of much noise, which on targets
    /// with heavy tails can undo an epoch. A table with fewer rows than a batch is one batch all the same.
    /// </summary>
    public bool DropLast { get; init; }

    /// <summary>Epochs without a better validation score before stopping; 0 never stops early.</summary>
    public int Patience { get; init; } = 5;

    /// <summary>Largest Euclidean norm of the whole gradient; 0 leaves it as it is.</summary>
    public double ClipNorm { get; init; }

    /// <summary>
    /// Decay, in [0, 1), of a moving average of the weights; it is what gets scored and kept, while training goes on from the weights
    /// themselves. 0 averages nothing.
    /// </summary>
    public double AverageDecay { get; init; }

    /// <summary>Seed of data order, dropout and balancer draws.</summary>
    public ulong Seed { get; init; }

    /// <summary>Where a gradient-based balancer compares and combines the tasks' gradients; loss-based ones do not look.</summary>
    public BalanceLevel BalanceAt { get; init; }

    /// <summary>
    /// The most bytes the gradient rows of the tasks may take, 0 or more; beyond it a balancer that reads only their inner products gets
    /// them streamed parameter by parameter, at the price of one more sweep.
    /// </summary>
    public long GradientMemory { get; init; } = 2L << 30;

    /// <summary>Steps of each epoch in which the angle between the tasks' gradients is measured; it never changes the training itself.</summary>
    public int ConflictSamples { get; init; } = 8;

    /// <summary>Seconds between checkpoints within an epoch; one is also written after every epoch.</summary>
    public double CheckpointSeconds { get; init; } = 30;

    /// <summary>Batches of an epoch. One leftover row joins the batch before it: batch statistics of a single row do not exist.</summary>
    /// <param name="rows">Training rows.</param>
    public int StepsOf(int rows) => Math.Max(1, (rows / BatchSize) + (!DropLast && rows % BatchSize > 1 ? 1 : 0));

    /// <summary>Throws when an option is out of its range.</summary>
    /// <exception cref="TrainingException">Names the option, the value and the range.</exception>
    public void Validate()
    {
        Require(Epochs >= 1, nameof(Epochs), Epochs, "1 or more");
        Require(BatchSize >= 1, nameof(BatchSize), BatchSize, "1 or more");
        Require(Patience >= 0, nameof(Patience), Patience, "0 or more");
        Require(ClipNorm >= 0 && double.IsFinite(ClipNorm), nameof(ClipNorm), ClipNorm, "0 or more");
        Require(AverageDecay is >= 0 and < 1, nameof(AverageDecay), AverageDecay, "0 or more and below 1");
        Require(Enum.IsDefined(BalanceAt), nameof(BalanceAt), (int)BalanceAt, "Parameters, Representation or RepresentationSum");
        Require(GradientMemory >= 0, nameof(GradientMemory), GradientMemory, "0 or more");
        Require(ConflictSamples >= 0, nameof(ConflictSamples), ConflictSamples, "0 or more");
        Require(CheckpointSeconds >= 0, nameof(CheckpointSeconds), CheckpointSeconds, "0 or more");
    }

    private static void Require(bool holds, string name, double value, string range)
    {
        if (!holds) throw new TrainingException($"{name}: found {value}, expected {range}.");
    }
}
