using System.Globalization;

namespace Polymath.Reproductions.Balancing;

/// <summary>
/// Every balancer of the registry on tables, beside equal weighting and one network per task. It repeats no paper: it is the comparison that
/// someone who has to choose wants to see, with its noise.
/// </summary>
public sealed class BalancersOnTables : PublishedSystem
{
    private const int FullSeeds = 5, QuickSeeds = 2;
    private static readonly string[] s_quick = ["ew", "uw", "pcgrad", "cagrad", "mgda", "db-mtl"];

    /// <inheritdoc/>
    public override string Slug => "balancers-on-tables";

    /// <inheritdoc/>
    public override string Title => "All balancers on Adult, SARCOS and MultiTab-Bench";

    /// <inheritdoc/>
    public override string Paper => "a comparison of this project; the papers of the balancers are listed by 'polymath balancers'";

    /// <inheritdoc/>
    public override string Claim => "At equal budget and without tuning: which balancers leave equal weighting, by how much, and what a step costs.";

    /// <inheritdoc/>
    public override string Where => "Polymath.Learning.Balancing";

    /// <inheritdoc/>
    public override ReproductionReport Run(ReproductionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        string[] names = [.. Learning.Balancing.Balancers.All.Select(balancer => balancer.Name).Where(name => !context.Quick || s_quick.Contains(name))];
        int seeds = context.Seeds ?? (context.Quick ? QuickSeeds : FullSeeds);
        TableStudy[] studies = [.. TableProblem.All(context).Where((_, i) => !context.Quick || i < 2).Select(problem => new TableStudy(problem, names, seeds))];
        int work = studies.Sum(study => study.Fits), before = 0;
        foreach (TableStudy study in studies)
        {
            int offset = before;
            study.Run((done, text) => context.Report(offset + done, work, text), context.CancellationToken);
            before += study.Fits;
        }

        string[] failures = [.. studies.SelectMany(study => study.Failures).Select(failure => $"{failure.Key} failed: {failure.Value}")];
        return new ReproductionReport
        {
            Tables = [.. studies.Select(study => study.Table())],
            Assertions = [new ReproductionAssertion("every balancer trains on every table", failures.Length == 0, string.Create(CultureInfo.InvariantCulture, $"{failures.Length} failures"))],
            Notes =
            [
                "Shared bottom 64-32 with a tower of 16 per task, Adam 1e-3 with a cosine schedule, batches of 256, the weights after the last epoch; balancers with their default parameters. Only weights and batches change with the seed, data and split stay.",
                "'gain' is the mean over tasks of the relative gain over one network per task of the same size (of the RMSE for regression). 'beside ew' compares gains seed by seed: better or worse (in points of the gain) is said only where the 95 % interval of their mean (Student's t) leaves zero out, which by chance happens to one harmless balancer in twenty; 'the same' is a difference below half a point. Nothing is ranked.",
                "'time' is that of a training step relative to equal weighting: of the medians within a fit, the least over the seeds. The network is so small that little of it is products. Adam makes a step nearly independent of the scale of its gradient, so balancers that sum and balancers that average are comparable.",
                .. failures,
            ],
        };
    }
}
