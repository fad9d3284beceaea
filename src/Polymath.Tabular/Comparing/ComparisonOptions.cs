using Polymath.Data.Runs;
using Polymath.Tabular.Runs;
using Option = Polymath.Data.Runs.SettingOption<Polymath.Tabular.Comparing.ComparisonSettings>;

namespace Polymath.Tabular.Comparing;

/// <summary>All settings of a comparison, in the order of the help.</summary>
public static class ComparisonOptions
{
    /// <summary>What its settings call themselves in YAML.</summary>
    public const string Kind = "compare";

    private const string Grid = "Grid";

    /// <summary>The settings.</summary>
    public static SettingTable<ComparisonSettings> Table { get; } = new(new ComparisonSettings(),
    [
        SpecificationList.Option<ComparisonSettings>("models", Grid, "The models, name[:option=value,...],name,...; 'all' is every model of 'polymath models'.", s => s.Models, (s, v) => s with { Models = v }),
        SpecificationList.Option<ComparisonSettings>("balancers", Grid, "The balancers, name[:option=value,...],name,...; every model is trained with each of them.", s => s.Balancers, (s, v) => s with { Balancers = v }),
        Option.Integer("seeds", Grid, "Trainings of every model with every balancer; only what is random changes, rows and split stay.", 1, s => s.Seeds, (s, v) => s with { Seeds = v }),
        Option.Text("reference", "model", Grid, "What the others are compared with; single-task if it is in the grid, else the first, unless given.", s => s.Reference, (s, v) => s with { Reference = v }),
        .. RunOptions.Of<ComparisonSettings>("model", "balancer", "seeds", "baseline"),
    ]);
}
