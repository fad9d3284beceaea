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

    /// <summary>How far the training loss of task 1 rises over the step uphill.</summary>
    public double[] FirstRise { get; } = new double[seeds];

    /// <summary>How far that of task 2 rises.</summary>
    public double[] SecondRise { get; } = new double[seeds];

    /// <summary>Time of a training step.</summary>
    public double[] StepMilliseconds { get; } = new double[seeds];
}
