using System.Globalization;
using Polymath.Reproductions.Merging;

namespace Polymath.Reproductions.AdaptiveMerging;

/// <summary>AdaMerging: merging coefficients learned from the entropy of predictions on unlabelled inputs.</summary>
public sealed class EntropyMerging : PublishedSystem
{
    private const int FullSeeds = 5;
    private const double HalfAPoint = 0.005, TwentyPoints = 0.2;

    /// <inheritdoc/>
    public override string Slug => "adamerging";

    /// <inheritdoc/>
    public override string Title => "AdaMerging: adaptive model merging for multi-task learning";

    /// <inheritdoc/>
    public override string Paper => "Yang, Wang, Shen, Liu, Guo, Wang, Tao: AdaMerging: Adaptive Model Merging for Multi-Task Learning, ICLR 2024 (arXiv 2310.02575)";

    /// <inheritdoc/>
    public override string Claim => "Without labels, minimising the entropy of the merged model's predictions finds merging coefficients at least as good as the best single scale chosen with labels.";

    /// <inheritdoc/>
    public override string Where => "Polymath.Merging.AdaMerging";

    /// <inheritdoc/>
    public override ReproductionReport Run(ReproductionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        int seeds = context.Seeds ?? (context.Quick ? 1 : FullSeeds);
        (float[] Pixels, float[] Classes) digits = MergingBench.Read(context);
        AdaptationStudy[] studies = [.. AdaptationRegime.All.Where((_, index) => !context.Quick || index % 3 == 0).Select(regime => new AdaptationStudy(regime, seeds))];
        int done = 0;
        foreach (AdaptationStudy study in studies)
        {
            for (int seed = 0; seed < seeds; seed++)
            {
                context.Report(done++, studies.Length * seeds, $"{study.Regime.Bench.Name}, seed {seed + 1} of {seeds}");
                study.Run(digits, seed, context.CancellationToken);
            }
        }

        return new ReproductionReport
        {
            Tables = [Accuracies(studies), Entropies(studies)],
            Assertions = [.. JudgePublished([.. studies.Where(study => study.Regime.Start == StartKind.Good)]), .. studies.SelectMany(Judge)],
            Notes =
            [
                "The benches stand in for CLIP and eight image data sets; the ten points that the paper gains over task arithmetic need a backbone of that size.",
                "The plan of these benches names no initialisation; weights start as He et al. draw them, with which experts and pre-trained networks agree best with the published ones over all merging benches.",
                "A good start was published as uneven experts, every third at eight times the rate of the others. Read as eight times the bench's rate, the fast experts spoil the sum (the third bench, where the premise of a good start fails); at an eighth of it for the others the baselines are as published, so that is the reading of the first two.",
                "Coefficients are learned on the 300 validation pictures of each task without their labels and scored on 597 test pictures; the paper learns on the pictures that it scores. The best scales are chosen on the same 300 pictures with their labels.",
                "Numbers in brackets are from an independent run of the authors' code on these benches, with other random draws and one or two seeds.",
            ],
        };
    }

    private static ReportTable Accuracies(AdaptationStudy[] studies)
        => new("Mean test accuracy over tasks", ["method", .. studies.Select(study => study.Regime.Bench.Name)],
            [.. studies[0].Scores.Methods.Select(method => (IReadOnlyList<ReportCell>)[method, .. studies.Select(study => study.Scores.Cell(method, study.Regime.References.TryGetValue(method, out double figure) ? figure : null))])]);

    private static ReportTable Entropies(AdaptationStudy[] studies)
        => new("What layer-wise adaptation does: mean entropy of predictions in nats, the share of inputs by which the classes of the most changed task moved, and how many seeds were warned", ["bench", "entropy at 0.3", "in the end", "class shares moved", "accuracy gained", "seeds warned"],
            [.. studies.Select(study => (IReadOnlyList<ReportCell>)[study.Regime.Bench.Name, ReportCell.Over([.. study.Entropies.Select(pair => pair.Start)], decimals: 3), ReportCell.Over([.. study.Entropies.Select(pair => pair.End)], decimals: 3), ReportCell.Over(study.Drifts, decimals: 3), ReportCell.Over([.. study.Scores.Of(AdaptationRegime.LayerWise).Zip(study.Scores.Of(AdaptationRegime.Fixed), (adapted, start) => adapted - start)], decimals: 3), $"{study.Warned} of {study.Seeds}"])]);

    private static IEnumerable<ReproductionAssertion> JudgePublished(AdaptationStudy[] good)
    {
        double Mean(string method) => good.Average(study => study.Scores.Mean(method));
        double layerWise = Mean(AdaptationRegime.LayerWise);
        string Pair(double other) => string.Create(CultureInfo.InvariantCulture, $"{layerWise:F4} against {other:F4}");
        yield return new("good starts: layer-wise AdaMerging, without labels, is within half a point of the best scale chosen with labels", layerWise >= Mean(AdaptationRegime.Best) - HalfAPoint, Pair(Mean(AdaptationRegime.Best)));
        yield return new("good starts: it is half a point or more above its start, the scale 0.3 for all", layerWise >= Mean(AdaptationRegime.Fixed) + HalfAPoint, Pair(Mean(AdaptationRegime.Fixed)));
    }

    private static IEnumerable<ReproductionAssertion> Judge(AdaptationStudy study)
    {
        string bench = study.Regime.Bench.Name;
        double layerWise = study.Scores.Mean(AdaptationRegime.LayerWise), best = study.Scores.Mean(AdaptationRegime.Best), start = study.Scores.Mean(AdaptationRegime.Fixed);
        string Pair(double other) => string.Create(CultureInfo.InvariantCulture, $"{layerWise:F3} against {other:F3}");
        if (study.Regime.Start == StartKind.Good)
        {
            yield return new($"{bench}: layer-wise AdaMerging, without labels, is within half a point of the best scale chosen with labels", layerWise >= best - HalfAPoint, Pair(best), Required: false);
            yield return new($"{bench}: layer by layer is better than task by task", layerWise > study.Scores.Mean(AdaptationRegime.TaskWise), Pair(study.Scores.Mean(AdaptationRegime.TaskWise)), Required: false);
            yield return new($"{bench}: AdaMerging++ is better than AdaMerging", study.Scores.Mean(AdaptationRegime.PlusPlus) > layerWise, string.Create(CultureInfo.InvariantCulture, $"{study.Scores.Mean(AdaptationRegime.PlusPlus):F3} against {layerWise:F3}"), Required: false);
            yield break;
        }

        yield return new($"{bench}: every such run warns of its classes", study.Warned == study.Seeds, $"{study.Warned} of {study.Seeds} seeds", Required: study.Regime.Start == StartKind.Weak);
        if (study.Regime.Start == StartKind.Weak) yield return new($"{bench}: from a weak start entropy leads astray, below the accuracy that it started with", layerWise < start, Pair(start));
        yield return new($"{bench}: it loses twenty points on the best scale", layerWise <= best - TwentyPoints, Pair(best), Required: false);
    }
}
