using Polymath.Learning.Configuration;

namespace Polymath.Learning.Optimization;

/// <summary>The registry of learning-rate schedules.</summary>
/// <example><code>
/// LearningRateSchedule schedule = Schedules.Create("cosine:warmup=100");
/// </code></example>
public static class Schedules
{
    private static readonly ComponentParameter s_warmup = new("warmup", ParameterKind.Number, "0", "Steps of linear warm-up: a count when 1 or more, a share of all steps when less.") { Minimum = 0 };

    private static readonly ComponentRegistry<LearningRateSchedule> s_registry = new(
        "schedule",
        new("constant", "The base rate", [s_warmup], a => new ConstantSchedule { Warmup = a.Number("warmup") }),
        new("cosine", "Half a cosine down", [new("minimum", ParameterKind.Number, "0", "Where it ends, as a share of the base rate.") { Minimum = 0, Maximum = 1 }, s_warmup],
            a => new CosineSchedule { Minimum = a.Number("minimum"), Warmup = a.Number("warmup") }),
        new("step", "Drops", [new("every", ParameterKind.Number, "0.3", "Steps between drops: a count when 1 or more, a share when less.") { Minimum = 0, AboveMinimum = true }, new("gamma", ParameterKind.Number, "0.1", "Factor of each drop.") { Minimum = 0, Maximum = 1 }, s_warmup],
            a => new StepSchedule { Every = a.Number("every"), Gamma = a.Number("gamma"), Warmup = a.Number("warmup") }),
        new("one_cycle", "Up to the base rate and down", [new("rise", ParameterKind.Number, "0.3", "Share of the steps that climb.") { Minimum = 0, Maximum = 1 }, new("divisor", ParameterKind.Number, "25", "How far below the peak it starts.") { Minimum = 1 }, new("final_divisor", ParameterKind.Number, "10000", "How far below the start it ends.") { Minimum = 1 }, s_warmup],
            a => new OneCycleSchedule { Rise = a.Number("rise"), Divisor = a.Number("divisor"), FinalDivisor = a.Number("final_divisor"), Warmup = a.Number("warmup") }));

    /// <summary>Every schedule with its parameters.</summary>
    public static IReadOnlyList<Component<LearningRateSchedule>> All => s_registry.All;

    /// <summary>A schedule from "name" or "name:parameter=value,parameter=value".</summary>
    /// <param name="specification">For example "cosine:warmup=100".</param>
    /// <exception cref="ComponentException">Unknown name or parameter, or a value out of range.</exception>
    public static LearningRateSchedule Create(string specification) => s_registry.Create(specification);
}
