using System.Globalization;

namespace Polymath.Reproductions.Merging.TallMask;

/// <summary>TALL-masks and consensus merging on small benches of digits.</summary>
public sealed class TallMaskReproduction : PublishedSystem
{
    private const int FullSeeds = 3, QuickSeeds = 1;
    private const double Kept = 0.95, OverMagnitude = 4, EightModels = 32.0 / 9;

    /// <inheritdoc/>
    public override string Slug => "tall-masks";

    /// <inheritdoc/>
    public override string Title => "TALL-masks and consensus merging: localising task information";

    /// <inheritdoc/>
    public override string Paper => "Wang, Dimitriadis, Ortiz-Jiménez, Fleuret, Frossard: Localizing Task Information for Improved Model Merging and Compression, ICML 2024 (arXiv 2405.07813)";

    /// <inheritdoc/>
    public override string Claim => "One bit a weight and task, against the sum of all task vectors, gives back nearly every fine-tuned model, and leaving out weights that no task or only one uses makes a better single model.";

    /// <inheritdoc/>
    public override string Where => "Polymath.Merging.Masks";

    /// <inheritdoc/>
    public override ReproductionReport Run(ReproductionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        (float[] Pixels, float[] Classes) digits = MergingBench.Read(context);
        int seeds = context.Seeds ?? (context.Quick ? QuickSeeds : FullSeeds), done = 0;
        TallMaskStudy[] studies = [.. ((MergingBenchOptions[])[MergingBenchOptions.D8, MergingBenchOptions.D8WeakSix, MergingBenchOptions.D8WeakFour, MergingBenchOptions.Canvas]).Select(options => new TallMaskStudy(options, seeds))];
        foreach (TallMaskStudy study in studies) study.Run(digits, seed => context.Report(done++, studies.Length * seeds, $"{study.Name}, seed {seed + 1} of {seeds}"), context.CancellationToken);
        return new ReproductionReport
        {
            Tables =
            [
                MergingScores.Table($"Mean test accuracy over the tasks in percent, {Count(seeds)}; in brackets the authors' merging code on the same kind of bench", [.. studies.Select(study => (study.Name, study.Accuracy))], Reference),
                MergingScores.Table("The masks cut from the sum of task vectors", [.. studies.Select(study => (study.Name, study.Masks))], MaskReference, decimals: 2),
            ],
            Assertions = [.. Judge(studies)],
            Notes =
            [
                "The paper merges CLIP image encoders of 8, 14 and 20 data sets: 99 percent of single-task accuracy kept by the masks, and consensus ahead of task arithmetic by 4 to 5 points (ViT-B/32). Here an encoder of 33 thousand weights has one task per way of showing a digit.",
                "lambda and scales are chosen on 300 validation pictures, over 0.2 to 0.6 and 0.1 to 1.0; the first of equals is taken. Nothing else was chosen. The 95 percent are judged on the mean over the seeds, the 4 points on every seed; each line also gives the least seed.",
                "The bench follows its description (splits, network, Adam 1e-3, steps and pictures). It names no initialisation: He's normal weights are used, with which experts and pre-trained networks, before any merge, agree best with the figures in brackets. The claim of 95 percent depends on it: with Glorot's uniform weights the masks keep 93.8 and 94.9 percent on the two D8-weak benches. D8-weak, described by a range, takes its middle (25 pictures, 50 steps).",
                "Consensus merging needs weights that few tasks use; in networks this small nearly all are used, and its gain over task arithmetic is within the noise here, as it was with the authors' code.",
            ],
        };
    }

    private static IEnumerable<ReproductionAssertion> Judge(TallMaskStudy[] studies)
    {
        foreach (TallMaskStudy study in studies)
        {
            bool weak = study.Name.StartsWith("D8-weak", StringComparison.Ordinal);
            double[] kept = study.Accuracy.Ratio(TallMaskStudy.TallSum, TallMaskStudy.Individual), over = study.Accuracy.Difference(TallMaskStudy.TallSum, TallMaskStudy.Magnitude);
            yield return new ReproductionAssertion(Say($"{study.Name}: the masks keep at least {100 * Kept:0} % of the experts' accuracy, on average"), kept.Average() >= Kept, Percent(kept), Required: weak);
            yield return new ReproductionAssertion(Say($"{study.Name}: they are at least {OverMagnitude:0} points above magnitude masks, on every seed"), over.All(gain => gain >= OverMagnitude), Points(over), Required: weak);
            double[] consensus = study.Accuracy.Difference(TallMaskStudy.ConsensusSum, TallMaskStudy.Arithmetic);
            yield return new ReproductionAssertion($"{study.Name}: consensus (k = 2) is above task arithmetic on average", consensus.Average() > 0, Points(consensus), Required: false);
        }

        double ratio = studies[0].Masks.Mean("times smaller than T models");
        yield return new ReproductionAssertion("eight models take 3.56 times less room", Math.Abs(ratio - EightModels) < 1e-3, Say($"{ratio:0.000} times"));
    }

    private static double? Reference(string method, int bench) => (method, bench) switch
    {
        (TallMaskStudy.Individual, 0) => 97.2,
        (TallMaskStudy.Individual, 1) => 97.1,
        (TallMaskStudy.Individual, 2) => 97.4,
        (TallMaskStudy.Individual, 3) => 93.4,
        (TallMaskStudy.TallSum, 0) => 95.5,
        (TallMaskStudy.TallSum, 1) => 92.7,
        (TallMaskStudy.TallSum, 2) => 94.3,
        (TallMaskStudy.TallSum, 3) => 90.8,
        (TallMaskStudy.Magnitude, 0) => 91.9,
        (TallMaskStudy.Magnitude, 1) => 68.3,
        (TallMaskStudy.Magnitude, 2) => 83.5,
        (TallMaskStudy.Arithmetic, 0) => 89.2,
        (TallMaskStudy.Arithmetic, 1) => 57.9,
        (TallMaskStudy.Arithmetic, 2) => 65.1,
        (TallMaskStudy.Arithmetic, 3) => 73.6,
        (TallMaskStudy.ConsensusSum, 0) => 89.5,
        (TallMaskStudy.ZeroShot, 0) => 89.0,
        (TallMaskStudy.ZeroShot, 3) => 70.8,
        (TallMaskStudy.Emr, 0) => 91.5,
        (TallMaskStudy.Ties, 0) => 89.2,
        (TallMaskStudy.TiesSum, 0) => 88.3,
        (TallMaskStudy.Ties, 3) => 76.8,
        (TallMaskStudy.TiesSum, 3) => 78.4,
        ("weight average", 0) => 88.6,
        ("weight average", 3) => 74.4,
        _ => null,
    };

    private static double? MaskReference(string quantity, int bench) => bench != 0 ? null : quantity switch
    {
        "weights that a task keeps, %" => 35.5,
        "weights that no task keeps (catastrophic), %" => 6.0,
        "weights that one task keeps (selfish), %" => 23.4,
        "times smaller than T models" => 3.56,
        _ => null,
    };

    private static string Count(int seeds) => seeds == 1 ? "one seed" : Say($"{seeds} seeds");

    private static string Percent(double[] ratios) => Say($"{Spread.Of([.. ratios.Select(ratio => 100 * ratio)]).Text(1)} %, least {100 * ratios.Min():0.0} %");

    private static string Points(double[] gains) => Say($"{(gains.Average() > 0 ? "+" : string.Empty)}{Spread.Of(gains).Text(1)} points, least {gains.Min():0.0}");

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
