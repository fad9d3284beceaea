using System.Globalization;

namespace Polymath.Reproductions.Merging.Twin;

/// <summary>Twin-Merging on small benches of digits.</summary>
public sealed class TwinReproduction : PublishedSystem
{
    private const int FullSeeds = 3, QuickSeeds = 1;
    private const double OverArithmetic = 4, OverArithmeticWeak = 25, OfIndividual = 0.97, Exact = 1e-5;

    /// <inheritdoc/>
    public override string Slug => "twin-merging";

    /// <inheritdoc/>
    public override string Title => "Twin-Merging: shared and exclusive knowledge, mixed per example";

    /// <inheritdoc/>
    public override string Paper => "Lu, Fan, Wei, Qu, Chen, Cheng: Twin-Merging, Dynamic Integration of Modular Expertise in Model Merging, NeurIPS 2024 (arXiv 2406.15479)";

    /// <inheritdoc/>
    public override string Claim => "A merged expert and a low-rank vector per task, mixed per example by a small router, come near the fine-tuned models where every single merged model stays far behind.";

    /// <inheritdoc/>
    public override string Where => "Polymath.Merging.Twin";

    /// <inheritdoc/>
    public override ReproductionReport Run(ReproductionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        (float[] Pixels, float[] Classes) digits = MergingBench.Read(context);
        int seeds = context.Seeds ?? (context.Quick ? QuickSeeds : FullSeeds), done = 0;
        TwinStudy[] studies = [.. ((MergingBenchOptions[])[MergingBenchOptions.D8, MergingBenchOptions.D8WeakSix, MergingBenchOptions.D8WeakFour]).Select(options => new TwinStudy(options, seeds))];
        foreach (TwinStudy study in studies) study.Run(digits, seed => context.Report(done++, studies.Length * seeds, $"{study.Name}, seed {seed + 1} of {seeds}"), context.CancellationToken);
        return new ReproductionReport
        {
            Tables =
            [
                MergingScores.Table($"Mean test accuracy over the tasks in percent, {(seeds == 1 ? "one seed" : Say($"{seeds} seeds"))}; in brackets the authors' compression and router on the same kind of bench", [.. studies.Select(study => (study.Name, study.Accuracy))], Reference),
                MergingScores.Table("Router and room", [.. studies.Select(study => (study.Name, study.Costs))], CostReference),
            ],
            Assertions = [.. Judge(studies)],
            Notes =
            [
                "The paper merges RoBERTa-base models of eight GLUE tasks (96 percent of the fine-tuned scores at a tenth of the rank, task arithmetic 68) and adapters of a 14-billion language model. Here an encoder of 33 thousand weights has one task per way of showing a digit.",
                "Shared expert with gamma = 0.3; the router (64-128-128-T, AdamW 2e-3, 40 epochs, batches of 64, the last weights) learns from the shared expert's codes of 300 validation pictures a task. Nothing was chosen on test pictures.",
                "As in the paper's evaluation the head is that of the true task. The rows with the router's head show what is reached when nobody tells the task: two tasks can show an example in nearly the same way, and a head then reads a code that another task made.",
                "The bench follows its description; weights start as He et al. draw them, with which experts and pre-trained networks, before any merge, agree best with the figures in brackets.",
            ],
        };
    }

    private static IEnumerable<ReproductionAssertion> Judge(TwinStudy[] studies)
    {
        for (int bench = 0; bench < studies.Length; bench++)
        {
            TwinStudy study = studies[bench];
            double[] gain = study.Accuracy.Difference(TwinStudy.Routed(0.1), TwinStudy.Arithmetic), kept = study.Accuracy.Ratio(TwinStudy.TrueTask(0.1), TwinStudy.Individual);
            double wanted = bench == 0 ? OverArithmetic : OverArithmeticWeak;
            yield return new ReproductionAssertion(Say($"{study.Name}: with the router at a tenth of the rank at least {wanted:0} points above task arithmetic, on average"), gain.Average() >= wanted, Say($"{(gain.Average() > 0 ? "+" : string.Empty)}{Spread.Of(gain).Text(1)} points"));
            yield return new ReproductionAssertion(Say($"{study.Name}: with the true task's vector at a tenth of the rank at least {100 * OfIndividual:0} % of the experts, on average"), kept.Average() >= OfIndividual, Say($"{Spread.Of([.. kept.Select(ratio => 100 * ratio)]).Text(1)} %"), Required: bench == 0);
            foreach ((string what, Func<double, string> method) in ((string, Func<double, string>)[])[("with the true task's vector", TwinStudy.TrueTask), ("with the router", TwinStudy.Routed)])
            {
                double[] means = [.. TwinStudy.Densities.Select(density => study.Accuracy.Mean(method(density)))];
                yield return new ReproductionAssertion($"{study.Name}: accuracy {what} does not fall as the rank grows", means.Zip(means.Skip(1)).All(pair => pair.Second >= pair.First), string.Join(", ", means.Select(mean => Say($"{mean:0.0}"))), Required: what == "with the true task's vector");
            }

            double difference = 1e-6 * study.Costs["largest difference of low-rank and materialised codes, 1e-6"].Max();
            yield return new ReproductionAssertion($"{study.Name}: mixing in low-rank form gives the codes of the mixed weights to 1e-5", difference <= Exact, Say($"{difference:0.0e+0}"));
        }
    }

    private static double? Reference(string method, int bench)
    {
        if (method == TwinStudy.Individual) return Pick(bench, 97.2, 97.1, 97.4);
        if (method == TwinStudy.Arithmetic) return Pick(bench, 89.2, 57.9, 65.1);
        if (method == TwinStudy.TrueTask(0.1)) return Pick(bench, 95.0, 93.3, 93.3);
        if (method == TwinStudy.Routed(0.1)) return Pick(bench, 93.8, 87.2, 93.2);
        if (method == TwinStudy.TrueTask(0.25)) return Pick(bench, 97.1, 96.8, 97.2);
        return method == TwinStudy.Routed(0.25) ? Pick(bench, 95.4, 88.8, 96.4) : null;
    }

    private static double? CostReference(string quantity, int bench) => quantity.StartsWith("router accuracy", StringComparison.Ordinal) ? Pick(bench, 88.7, 82.4, 94.5) : null;

    private static double Pick(int bench, params ReadOnlySpan<double> figures) => figures[bench];

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
