using System.Globalization;
using Polymath.Learning.Balancing;

namespace Polymath.Reproductions.FlatMtl;

/// <summary>Sharpness-aware steps per task around gradient balancers, on two digits in one picture of which one has noisy labels.</summary>
public sealed class FlatRegionTraining : PublishedSystem
{
    private const int FullSeeds = 3, QuickSeeds = 1, FullEpochs = 80, QuickEpochs = 50;
    private const double SamGain = 0.5, AsamGain = 1.2, Indistinguishable = 0.5;

    private static readonly (string Name, string Specification)[] s_rules = [("ew", "ew"), ("pcgrad", "pcgrad:eps=0"), ("cagrad", "cagrad:c=0.4"), ("mgda", "mgda"), ("imtl", "imtl:loss_part=false")];

    /// <inheritdoc/>
    public override string Slug => "flat-mtl";

    /// <inheritdoc/>
    public override string Title => "Task-based flat regions: sharpness-aware steps around a balancer";

    /// <inheritdoc/>
    public override string Paper => "Phan, Tran, Le, Tran, Ho, Phung, Le: Beyond Losses Reweighting: Empowering Multi-Task Learning via the Generalization Perspective, ICCV 2025 (arXiv 2211.13723)";

    /// <inheritdoc/>
    public override string Claim => "A sharpness-aware step for every task, with gradients and flat gradients balanced separately, makes any gradient balancer generalise better, above all on a task with noisy labels, and ends in flatter minima.";

    /// <inheritdoc/>
    public override string Where => "Polymath.Learning.Training.FlatRegions";

    /// <inheritdoc/>
    public override ReproductionReport Run(ReproductionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        (float[] Pixels, float[] Classes) digits = DigitPairs.Read(context.Require(DigitPairs.Source));
        (string Name, string Specification)[] rules = [.. s_rules.Where(rule => Balancers.All.Any(known => known.Name == rule.Name) && (!context.Quick || rule.Name is "pcgrad" or "mgda"))];
        var study = new DigitPairStudy(rules, context.Seeds ?? (context.Quick ? QuickSeeds : FullSeeds), context.Quick ? QuickEpochs : FullEpochs);
        study.Run(digits, context);
        return new ReproductionReport
        {
            Tables = [study.Accuracies(), study.Sharpnesses()],
            Assertions = [.. Sharpness(study), .. study.Rules.SelectMany(rule => Judge(study, rule.Name))],
            Notes =
            [
                "Each picture holds two 8x8 digits of scikit-learn instead of two of MNIST's at 36x36, and the network is a small tanh one instead of a ResNet-18; the task 2 labels of a fifth of the 1200 training pictures are replaced by another class.",
                "CAGrad and MGDA solve their problems exactly here. At rho = 0.05 the official CAGrad, solved by SLSQP, does not leave its starting point for the flat gradients, whose scale lies below the solver's tolerance: it averages them.",
                "Sharpness is the rise of the loss over a step of length 0.05 up its own gradient. It is judged on the test rows: on the training rows the noisy task ends flatter too, but the clean one does not, because a balancer alone fits its labels until nothing is left to rise.",
                "The figures in brackets are from 50 epochs and other draws; the last weights are evaluated, no epoch is selected on the test rows.",
            ],
        };
    }

    // Over all rules, because for one of them the difference can be smaller than that of two seeds.
    private static IEnumerable<ReproductionAssertion> Sharpness(DigitPairStudy study)
    {
        foreach (FlatVariant variant in (FlatVariant[])[FlatVariant.Sam, FlatVariant.Asam])
        {
            for (int task = 0; task < DigitPairs.Tasks.Count; task++)
            {
                double[] flat = [.. study.Rules.SelectMany(rule => study.Of(rule.Name, variant).TestRise[task])], alone = [.. study.Rules.SelectMany(rule => study.Of(rule.Name, FlatVariant.Alone).TestRise[task])];
                yield return Flatter($"{variant.Name}: the loss of task {task + 1} on the test rows ends flatter than without, in the mean of all balancers", flat, alone, required: true);
            }
        }
    }

    private static IEnumerable<ReproductionAssertion> Judge(DigitPairStudy study, string rule)
    {
        DigitPairResult alone = study.Of(rule, FlatVariant.Alone), asam = study.Of(rule, FlatVariant.Asam), sam = study.Of(rule, FlatVariant.Sam), direct = study.Of(rule, FlatVariant.Direct);
        foreach ((FlatVariant variant, DigitPairResult flat, double expected) in ((FlatVariant, DigitPairResult, double)[])[(FlatVariant.Sam, sam, SamGain), (FlatVariant.Asam, asam, AsamGain)])
        {
            Spread noisy = Difference(flat.Second, alone.Second), mean = Difference(flat.Mean, alone.Mean);
            yield return new ReproductionAssertion($"{rule} {variant.Name}: the noisy task gains over {rule} alone", noisy.Mean > 0, Points(noisy));
            yield return new ReproductionAssertion(Say($"{rule} {variant.Name}: the mean of the tasks gains at least {expected} points, what was measured with the official code"), mean.Mean >= expected, Points(mean), Required: false);
            for (int task = 0; task < DigitPairs.Tasks.Count; task++)
            {
                yield return Flatter($"{rule} {variant.Name}: the loss of task {task + 1} on the test rows ends flatter than with {rule} alone", flat.TestRise[task], alone.TestRise[task], required: false);
                yield return Flatter($"{rule} {variant.Name}: so does its training loss", flat.TrainRise[task], alone.TrainRise[task], required: false);
            }
        }

        Spread gap = Difference(asam.Mean, direct.Mean);
        yield return new ReproductionAssertion(Say($"{rule}: separate and direct aggregation are within {Indistinguishable} points at this size"), Math.Abs(gap.Mean) <= Indistinguishable, Points(gap), Required: false);
    }

    // Data, weights and order of a seed are the same in all variants, so the differences are paired.
    private static Spread Difference(double[] flat, double[] alone) => Spread.Of([.. flat.Zip(alone, (one, other) => one - other)]);

    private static string Points(Spread gain) => $"{(gain.Mean > 0 ? "+" : string.Empty)}{gain.Text(2)} points";

    private static ReproductionAssertion Flatter(string sentence, double[] flat, double[] alone, bool required)
        => new(sentence, flat.Average() < alone.Average(), Say($"a rise of {flat.Average():F4} against {alone.Average():F4}"), required);

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
