using Polymath.Learning;

namespace Polymath.Reproductions.Merging;

/// <summary>One of the benches on which merging is measured: which tasks, and how good the pre-trained network is.</summary>
public sealed record MergingBenchOptions
{
    // The middle of the ranges that the bench is described by, 15 to 40 pictures and 40 to 60 steps, for a network right on 53 to 60 % of the pictures.
    private const int WeakItems = 25, WeakSteps = 50;

    /// <summary>D8: eight ways of looking at an 8 x 8 digit, a well pre-trained network.</summary>
    public static MergingBenchOptions D8 { get; } = new() { Name = "D8, T=8" };

    /// <summary>D8-weak with six tasks: the pre-trained network is right on about half of the pictures.</summary>
    public static MergingBenchOptions D8WeakSix { get; } = new() { Name = "D8-weak, T=6", Tasks = 6, PreTrainingItems = WeakItems, PreTrainingSteps = WeakSteps };

    /// <summary>D8-weak with four tasks.</summary>
    public static MergingBenchOptions D8WeakFour { get; } = new() { Name = "D8-weak, T=4", Tasks = 4, PreTrainingItems = WeakItems, PreTrainingSteps = WeakSteps };

    /// <summary>The digit stands elsewhere on a 16 x 16 canvas in each of four tasks.</summary>
    public static MergingBenchOptions Canvas { get; } = new() { Name = "Canvas, T=4", OnCanvas = true, Tasks = 4, PreTrainingItems = 40, PreTrainingSteps = 60 };

    /// <summary>For tables.</summary>
    public required string Name { get; init; }

    /// <summary>Whether tasks are positions on a canvas (else they are transformations of the picture).</summary>
    public bool OnCanvas { get; init; }

    /// <summary>T, from 2 to 8.</summary>
    public int Tasks { get; init; } = 8;

    /// <summary>
    /// How the weights of encoder and heads start before pre-training; biases start at zero. The description of the bench does not say: of fan-in-uniform,
    /// Glorot's and He's, He's normal weights come closest to the accuracies of its experts and pre-trained networks (before any merge).
    /// </summary>
    public Initializer Initializer { get; init; } = Initializer.KaimingNormal();

    /// <summary>Training pictures that pre-training sees, of every task.</summary>
    public int PreTrainingItems { get; init; } = 120;

    /// <summary>Steps of joint pre-training.</summary>
    public int PreTrainingSteps { get; init; } = 250;

    /// <summary>Passes of a fine-tuning over its 900 pictures.</summary>
    public int FineTuningEpochs { get; init; } = 25;

    /// <summary>What the fine-tuning rate of a task is multiplied by; null for 1. "Every third expert x 8" makes task vectors of uneven length.</summary>
    public Func<int, double>? RateFactor { get; init; }
}
