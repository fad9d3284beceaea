namespace Polymath.Reproductions.FlatMtl;

/// <summary>What came out of one rule in one variant, by seed.</summary>
internal sealed class DigitPairResult(int seeds)
{
    /// <summary>Test accuracy of task 1, in percent.</summary>
    public double[] First { get; } = new double[seeds];

    /// <summary>Test accuracy of task 2, whose training labels are noisy, in percent.</summary>
    public double[] Second { get; } = new double[seeds];

    /// <summary>Mean of the two.</summary>
    public double[] Mean => [.. First.Zip(Second, (first, second) => (first + second) / 2)];

    /// <summary>How far the loss of each task rises over the step uphill on the training rows, by task and seed.</summary>
    public double[][] TrainRise { get; } = [new double[seeds], new double[seeds]];

    /// <summary>The same on the test rows.</summary>
    public double[][] TestRise { get; } = [new double[seeds], new double[seeds]];

    /// <summary>Time of a training step.</summary>
    public double[] StepMilliseconds { get; } = new double[seeds];
}
