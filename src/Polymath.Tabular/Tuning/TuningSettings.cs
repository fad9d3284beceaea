using Polymath.Tabular.Runs;

namespace Polymath.Tabular.Tuning;

/// <summary>A search for good hyper-parameters of one model: the settings of a run, and what of them varies. See <see cref="TuningOptions"/> for names, ranges and help.</summary>
public sealed record TuningSettings : RunSettings
{
    /// <summary>What varies, <c>name=low..high[:log]</c> or <c>name=value/value</c> each.</summary>
    public IReadOnlyList<string> Search { get; init; } = [];

    /// <summary>Combinations to try; the first is what the settings say.</summary>
    public int Trials { get; init; } = 20;

    /// <summary><c>random</c> trains every trial to its end; <c>halving</c> stops the worse ones early.</summary>
    public string Method { get; init; } = TuningOptions.Random;

    /// <summary>Of how many trials of a rung one goes on to the next.</summary>
    public int Reduction { get; init; } = 3;
}
