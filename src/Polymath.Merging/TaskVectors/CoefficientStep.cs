namespace Polymath.Merging.TaskVectors;

/// <summary>One step of learning coefficients, as an observer sees it.</summary>
public readonly ref struct CoefficientStep
{
    internal CoefficientStep(int step, double loss, ReadOnlySpan<float> gradient, double gradientNorm, ReadOnlySpan<float> trained, ReadOnlySpan<float> coefficients)
    {
        (Step, Loss, GradientNorm) = (step, loss, gradientNorm);
        Gradient = gradient;
        Trained = trained;
        Coefficients = coefficients;
    }

    /// <summary>Steps taken, from 1.</summary>
    public int Step { get; }

    /// <summary>The loss before the step.</summary>
    public double Loss { get; }

    /// <summary>The gradient of the trained values before clipping.</summary>
    public ReadOnlySpan<float> Gradient { get; }

    /// <summary>Its Euclidean norm.</summary>
    public double GradientNorm { get; }

    /// <summary>The trained values after the step.</summary>
    public ReadOnlySpan<float> Trained { get; }

    /// <summary>The coefficients after the step, [vectors, blocks].</summary>
    public ReadOnlySpan<float> Coefficients { get; }
}
