using System.Globalization;
using Polymath.Reproductions.Merging;

namespace Polymath.Reproductions.AnisotropicScaling;

/// <summary>aTLAS: task vectors composed with one learned scalar for each vector and parameter block.</summary>
public sealed class KnowledgeComposition : PublishedSystem
{
    private const int FullSeeds = 5, TransferSeeds = 2;

    private static readonly MergingBenchOptions[] s_otherBenches = [MergingBenchOptions.D8, MergingBenchOptions.D8WeakSix];

    /// <inheritdoc/>
    public override string Slug => "atlas";

    /// <inheritdoc/>
    public override string Title => "aTLAS: learned anisotropic scaling of task vectors";

    /// <inheritdoc/>
    public override string Paper => "Zhang, Albert, Rodriguez-Opazo, van den Hengel, Abbasnejad: Knowledge Composition using Task Vectors with Learned Anisotropic Scaling, NeurIPS 2024 (arXiv 2407.02880)";

    /// <inheritdoc/>
    public override string Claim => "Scaling each parameter block of a task vector by a learned scalar of its own composes task vectors better than one scalar for each vector.";

    /// <inheritdoc/>
    public override string Where => "Polymath.Merging.Atlas";

    /// <inheritdoc/>
    public override ReproductionReport Run(ReproductionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        int seeds = context.Seeds ?? (context.Quick ? 2 : FullSeeds), transferSeeds = Math.Min(seeds, context.Quick ? 1 : TransferSeeds);
        (float[] Pixels, float[] Classes) digits = MergingBench.Read(context);
        AdditionStudy[] additions = [.. AdditionStudy.All];
        int done = 0, total = (additions.Length * seeds) + (s_otherBenches.Length * transferSeeds);
        foreach (AdditionStudy study in additions)
        {
            for (int seed = 0; seed < seeds; seed++)
            {
                context.Report(done++, total, $"addition on {study.Name}, seed {seed + 1} of {seeds}");
                study.Run(digits, seed, context.CancellationToken);
            }
        }

        (TransferStudy Transfer, NegationStudy Negation)[] others = [.. s_otherBenches.Select(bench => (new TransferStudy(bench.Name), new NegationStudy(bench.Name)))];
        for (int i = 0; i < others.Length * transferSeeds; i++)
        {
            (MergingBenchOptions options, int seed) = (s_otherBenches[i / transferSeeds], i % transferSeeds);
            context.Report(done++, total, $"few-shot transfer and negation on {options.Name}, seed {seed + 1} of {transferSeeds}");
            MergingBench bench = MergingBench.Prepare(digits, options, seed, context.CancellationToken);
            others[i / transferSeeds].Transfer.Run(bench, seed, context.CancellationToken);
            others[i / transferSeeds].Negation.Run(bench, seed, context.CancellationToken);
        }

        double isotropic = additions.Average(study => study.Scores.Mean(AdditionStudy.Isotropic)), arithmetic = additions.Average(study => study.Scores.Mean(AdditionStudy.Best));
        return new ReproductionReport
        {
            Tables =
            [
                new("Task addition: mean test accuracy over tasks", ["method", .. additions.Select(study => study.Name)], [.. additions[0].Scores.Methods.Select(method => (IReadOnlyList<ReportCell>)[method, .. additions.Select(study => study.Cell(method))])]),
                .. others.Select(study => study.Transfer.Table()),
                .. others.Select(study => study.Negation.Table()),
            ],
            Assertions =
            [
                .. additions.SelectMany(study => study.Judge()),
                new("a learned scalar for each vector is no worse than the best single scale, in the mean over benches", isotropic >= arithmetic, string.Create(CultureInfo.InvariantCulture, $"{isotropic:F3} against {arithmetic:F3}")),
                .. others.SelectMany(study => study.Transfer.Judge()),
                .. others.SelectMany(study => study.Negation.Judge()),
            ],
            Notes =
            [
                "The benches stand in for CLIP and 22 image data sets. Coefficients are learned, and the epoch is chosen, on the 300 validation pictures of each task, as the authors do; accuracies are those of 597 test pictures.",
                "Addition: AdamW at 1e-2 with weight decay 0.1 and clipping at norm 1, 16 pictures of each task a step, 400 steps, the best of every 40.",
                "Few-shot transfer uses the released settings (AdamW at 0.1 with a cosine, ten epochs); fine-tuning takes as many steps on the same pictures with the settings of the experts, and both choose the epoch by validation accuracy. The spread is over tasks and seeds.",
                "Numbers in brackets are from an independent run of the authors' code on these benches, with other random draws.",
            ],
        };
    }
}
