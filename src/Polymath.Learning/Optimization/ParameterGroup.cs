namespace Polymath.Learning.Optimization;

/// <summary>A range of the flat parameter block with its own settings. Values in no group are left as they are.</summary>
/// <param name="Start">First value.</param>
/// <param name="Length">Number of values.</param>
/// <example><code>
/// var optimizer = new AdamW(1e-3, weightDecay: 0.01);
/// optimizer.Prepare(100, new ParameterGroup(0, 90), new ParameterGroup(90, 10) { WeightDecay = 0, RateMultiplier = 10 });
/// </code></example>
public sealed record ParameterGroup(int Start, int Length)
{
    /// <summary>Factor on the learning rate, 0 or more. Default: 1.</summary>
    public double RateMultiplier { get; init; } = 1;

    /// <summary>Weight decay, 0 or more; null for the optimiser's.</summary>
    public double? WeightDecay { get; init; }
}
