namespace Polymath.Merging.TaskVectors;

/// <summary>Watches coefficients being learned.</summary>
/// <param name="step">The step; its spans are valid during the call only.</param>
/// <example><code>
/// var options = new AdaMergingOptions { Observer = (in CoefficientStep step) => Console.WriteLine($"{step.Step}: {step.Loss}") };
/// </code></example>
public delegate void CoefficientStepObserver(in CoefficientStep step);
