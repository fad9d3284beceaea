using System.Globalization;
using Polymath.Learning.Relevance;

namespace Polymath.Reproductions.ActiveMtrlLasso;

/// <summary>The practical algorithm, nu estimated from a third of the budget and samples kept: noise 0.5, 300 target samples.</summary>
internal sealed class EstimatedRelevanceStudy(int seeds, int[] budgets)
{
    private const int Minimum = 10, TargetSamples = 300;
    private const double Noise = 0.5, Lambda = 0.02;
    private static readonly string[] s_methods = ["uniform", "L2 estimated", "L1 estimated (lambda 0.02)", "L1 estimated (automatic lambda)", "L2 known", "L1 known", "target only"];

    /// <summary>The figures of the specification's own run, in the order of the methods; it has none for the automatic lambda.</summary>
    private static readonly Dictionary<int, double?[]> s_reference = new()
    {
        [3000] = [0.0112, 0.0076, 0.0061, null, 0.0082, 0.0053, 0.0244],
        [6000] = [0.0070, 0.0047, 0.0045, null, 0.0051, 0.0037, 0.0244],
    };

    private readonly Measurements[] _risks = [.. budgets.Select(_ => new Measurements(s_methods.Length, seeds))];

    public int Steps => seeds * budgets.Length;

    public void Run(Action finished, CancellationToken token)
    {
        for (int b = 0; b < budgets.Length; b++)
        {
            int budget = budgets[b];
            _risks[b].Run(seed => Measure(seed, budget), finished, token);
        }
    }

    public ReportTable Table() => new(
        string.Create(CultureInfo.InvariantCulture, $"Estimated relevance: excess risk of the target, noise 0.5, {TargetSamples} target samples, {seeds} seeds"),
        ["method", .. budgets.Select(budget => string.Create(CultureInfo.InvariantCulture, $"{budget} source samples"))],
        [.. s_methods.Select((method, m) => (IReadOnlyList<ReportCell>)[method, .. budgets.Select((budget, b) => ReportCell.Over(_risks[b][m], s_reference[budget][m], 4))])]);

    public IEnumerable<ReproductionAssertion> Judge()
    {
        double uniform = _risks[0].Mean(0), l2 = _risks[0].Mean(1), l1 = _risks[0].Mean(2), automatic = _risks[0].Mean(3);
        yield return new ReproductionAssertion(
            string.Create(CultureInfo.InvariantCulture, $"estimated relevance, {budgets[0]} samples: L1 < L2 < uniform"),
            l1 < l2 && l2 < uniform,
            string.Create(CultureInfo.InvariantCulture, $"{l1:F4} < {l2:F4} < {uniform:F4}"));
        yield return new ReproductionAssertion(
            string.Create(CultureInfo.InvariantCulture, $"the same with the automatic lambda: L1 < L2"),
            automatic < l2,
            string.Create(CultureInfo.InvariantCulture, $"{automatic:F4} against {l2:F4}"),
            Required: false);
    }

    private static double[] Measure(int seed, int budget) =>
    [
        Active(seed, budget, RelevanceNorm.Uniform, null),
        Active(seed, budget, RelevanceNorm.L2, null),
        Active(seed, budget, RelevanceNorm.L1, Lambda),
        Active(seed, budget, RelevanceNorm.L1, null),
        new LinearTasks(seed, Noise, TargetSamples).KnownRisk(RelevanceNorm.L2, budget, Minimum, seed),
        new LinearTasks(seed, Noise, TargetSamples).KnownRisk(RelevanceNorm.L1, budget, Minimum, seed),
        new LinearTasks(seed, Noise, TargetSamples).TargetOnlyRisk(),
    ];

    private static double Active(int seed, int budget, RelevanceNorm norm, double? lambda)
    {
        var tasks = new LinearTasks(seed, Noise, TargetSamples);
        bool passive = norm == RelevanceNorm.Uniform;
        var trainer = new ActiveMultiTaskTrainer(LinearTasks.Sources, tasks.Target, new()
        {
            K = LinearTasks.Size,
            Norm = norm,
            Budget = budget,
            NMin = Minimum,
            Lambda = lambda,
            Phases = passive ? 1 : 2,
            Seed = (ulong)seed,
        });
        ActiveResult result = trainer.Run(tasks.Sample);
        return tasks.ExcessRisk(result.Representation, result.TargetHead);
    }
}
