using System.Globalization;
using Polymath.Learning.Balancing;

namespace Polymath.Reproductions.Balancing;

/// <summary>
/// The common base of all multi-task optimisers: every balancer of the registry on tasks of very different scale.
/// </summary>
public sealed class BalancerCatalogue : PublishedSystem
{
    private const int FullSeeds = 3;
    private const double StarvedWorst = 0.1, GoodMean = 0.75, GoodWorst = 0.3;
    private static readonly string[] s_scaleFree = ["db-mtl", "imtl", "nash"];
    private static readonly string[] s_lossWeighting = ["uw", "dwa", "rlw"];

    /// <inheritdoc/>
    public override string Slug => "balancers";

    /// <inheritdoc/>
    public override string Title => "Loss and gradient balancers: LibMTL and TorchJD";

    /// <inheritdoc/>
    public override string Paper => "Lin, Zhang: LibMTL, A Python Library for Multi-Task Learning, JMLR 2023 (arXiv 2203.14338); Quinton, Rey: Jacobian Descent for Multi-Objective Optimization, 2024 (arXiv 2406.16232)";

    /// <inheritdoc/>
    public override string Claim => "Among tasks of very different scale, equal weighting and the weighting of summed losses starve the small ones, and the balancers that do not see the scale of a task (IMTL, Nash-MTL, DB-MTL) learn them all.";

    /// <inheritdoc/>
    public override string Where => "Polymath.Learning.Balancing";

    /// <inheritdoc/>
    public override ReproductionReport Run(ReproductionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        string[] names = [.. Learning.Balancing.Balancers.All.Select(balancer => balancer.Name).Where(name => !context.Quick || IsNamed(name))];
        var regression = new RegressionStudy(names, context.Seeds ?? (context.Quick ? 1 : FullSeeds));
        var toy = new ToyStudy(names);
        int work = regression.Fits + toy.Names.Count;
        regression.Run((done, text) => context.Report(done, work, text), context.CancellationToken);
        toy.Run((done, text) => context.Report(regression.Fits + done, work, text), context.CancellationToken);
        return new ReproductionReport
        {
            Tables = [regression.Table(), toy.Table()],
            Assertions = [.. Judge(regression), .. toy.Judge()],
            Notes =
            [
                "The numbers in brackets are those of the official rules on the same problems, on the regression from one or two seeds; every seed here draws new data, weights and batches.",
                "MGDA finds the exact point of least norm; the official solver stops early where the tasks' scales differ.",
                "In the toy landscape CAGrad, Aligned-MTL and UPGrad are still under way after 50,000 steps, in the official rules too: their means there tell how far they came, not where they end.",
                ToyStudy.Note,
                .. regression.Failures.Select(failure => $"{failure.Key} failed on the regression: {failure.Value}"),
                .. toy.Failures.Select(failure => $"{failure.Key} is left out of the toy landscape: {failure.Value}"),
            ],
            Pictures = [context.Draw("toy-landscape.svg", "Toy landscape: the way of every balancer from four starts over bands of the mean loss", writer => ToyPicture.Write(writer, toy.Runs))],
        };
    }

    // The short run tries only what the claims name.
    private static bool IsNamed(string name) => name == EqualWeighting.Descriptor.Name || s_scaleFree.Contains(name) || s_lossWeighting.Contains(name) || ToyStudy.Arriving.Contains(name);

    // A balancer that is missing has NaN for a result, which fails every comparison.
    private static IEnumerable<ReproductionAssertion> Judge(RegressionStudy study)
    {
        Spread starved = study.Of(EqualWeighting.Descriptor.Name).Worst;
        yield return new ReproductionAssertion(Say($"ew starves a task: worst R2 below {StarvedWorst}"), starved.Mean < StarvedWorst, starved.Text(2));
        foreach (string name in s_scaleFree)
        {
            (Spread mean, Spread worst) = study.Of(name);
            yield return new ReproductionAssertion(Say($"{name} learns all tasks: mean R2 above {GoodMean}, worst above {GoodWorst}"), mean.Mean > GoodMean && worst.Mean > GoodWorst, $"{mean.Text(2)}; {worst.Text(2)}");
        }

        foreach (string name in s_lossWeighting)
        {
            Spread worst = study.Of(name).Worst;
            yield return new ReproductionAssertion(Say($"{name} does not repair the scale: worst R2 below {StarvedWorst}"), worst.Mean < StarvedWorst, worst.Text(2), Required: false);
        }
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
