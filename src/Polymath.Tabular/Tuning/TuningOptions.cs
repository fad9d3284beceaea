using Polymath.Data.Runs;
using Polymath.Tabular.Runs;
using Option = Polymath.Data.Runs.SettingOption<Polymath.Tabular.Tuning.TuningSettings>;

namespace Polymath.Tabular.Tuning;

/// <summary>All settings of a search for hyper-parameters, in the order of the help.</summary>
public static class TuningOptions
{
    /// <summary>What its settings call themselves in YAML.</summary>
    public const string Kind = "tune";

    /// <summary>The methods.</summary>
    public const string Random = "random", Halving = "halving";

    private const string Search = "Search";
    private const int MostTrials = 100_000, MostReduction = 100;

    /// <summary>The settings.</summary>
    public static SettingTable<TuningSettings> Table { get; } = new(new TuningSettings(),
    [
        Option.List("search", "range", Search, "What varies, once per hyper-parameter: lr=0.0001..0.01:log, experts=2..8, dropout=0/0.1/0.3, expert-hidden=64/32,128/64; an option of the model, of the optimiser or of the balancer (write model.NAME, optimizer.NAME or balancer.NAME where two have it), batch-size, clip, average, schedule.", s => s.Search, (s, v) => s with { Search = v }, split: false),
        Option.Integer("trials", Search, "Combinations to try; the first is what the other settings say.", 1, s => s.Trials, (s, v) => s with { Trials = v }, MostTrials),
        Option.Choice("method", Search, "Train every trial to its end, or train all for a few epochs and only the best ones on.", [Random, Halving], s => s.Method, (s, v) => s with { Method = v }),
        Option.Integer("reduction", Search, "With halving: of how many trials one goes on, with as many times the epochs.", 2, s => s.Reduction, (s, v) => s with { Reduction = v }, MostReduction),
        .. RunOptions.Of<TuningSettings>(),
    ]);
}
