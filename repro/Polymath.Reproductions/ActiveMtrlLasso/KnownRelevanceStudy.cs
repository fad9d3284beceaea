using System.Globalization;
using Polymath.Learning.Relevance;

namespace Polymath.Reproductions.ActiveMtrlLasso;

/// <summary>How good the three allocations are when nu is known exactly: noise 1, 150 target samples, at least 10 a source.</summary>
internal sealed class KnownRelevanceStudy(int seeds, int[] budgets)
{
    private const int Minimum = 10, TargetSamples = 150;
    private const double Noise = 1, SingleReference = 0.238;
    private static readonly RelevanceNorm[] s_norms = [RelevanceNorm.Uniform, RelevanceNorm.L2, RelevanceNorm.L1];

    /// <summary>The figures of the specification's own run, by budget: uniform, L2, L1.</summary>
    private static readonly Dictionary<int, double[]> s_reference = new() { [2000] = [0.095, 0.064, 0.047], [4000] = [0.062, 0.050, 0.046], [8000] = [0.052, 0.041, 0.041] };

    private readonly Measurements[] _risks = [.. budgets.Select(_ => new Measurements(s_norms.Length, seeds))];
    private readonly Measurements _constants = new(3, seeds);

    public int Steps => seeds * budgets.Length;

    public void Run(Action finished, CancellationToken token)
    {
        for (int b = 0; b < budgets.Length; b++)
        {
            int budget = budgets[b];
            _risks[b].Run(seed => [.. s_norms.Select(norm => new LinearTasks(seed, Noise, TargetSamples).KnownRisk(norm, budget, Minimum, seed))], finished, token);
        }

        _constants.Run(Constants, () => { }, token);
    }

    public ReportTable Table() => new(
        string.Create(CultureInfo.InvariantCulture, $"Known relevance: excess risk of the target, noise 1, {TargetSamples} target samples, {seeds} seeds"),
        ["source samples", "uniform", "L2 (nu squared)", "L1 (Lasso)", "target only"],
        [.. budgets.Select((budget, b) => (IReadOnlyList<ReportCell>)
        [
            ReportCell.Number(budget, decimals: 0),
            .. s_norms.Select((_, n) => ReportCell.Over(_risks[b][n], s_reference[budget][n], 3)),
            ReportCell.Over(_constants[0], SingleReference, 3),
        ])]);

    public ReportTable Bounds() => new(
        "Leading constants of the excess risk: squared L1 norm of nu1, and what the nu-squared rule gives",
        ["||nu1||_1^2", "||nu2||_0 ||nu2||_2^2"],
        [[ReportCell.Over(_constants[1], 1.21), ReportCell.Over(_constants[2], 3.88)]]);

    public IEnumerable<ReproductionAssertion> Judge()
    {
        double uniform = _risks[0].Mean(0), l2 = _risks[0].Mean(1), l1 = _risks[0].Mean(2), single = _constants.Mean(0);
        yield return new ReproductionAssertion(
            string.Create(CultureInfo.InvariantCulture, $"known relevance, {budgets[0]} samples: L1 < L2 < uniform < target only"),
            l1 < l2 && l2 < uniform && uniform < single,
            string.Create(CultureInfo.InvariantCulture, $"{l1:F4} < {l2:F4} < {uniform:F4} < {single:F4}"));
    }

    private static double[] Constants(int seed)
    {
        var tasks = new LinearTasks(seed, Noise, TargetSamples);
        RelevanceEstimate l1 = TaskRelevance.Estimate(tasks.Heads, tasks.TargetHead, RelevanceNorm.L1, lambda: 0), l2 = TaskRelevance.Estimate(tasks.Heads, tasks.TargetHead, RelevanceNorm.L2);
        return [tasks.TargetOnlyRisk(), l1.Norm1 * l1.Norm1, l2.Support.Length * l2.Nu.Sum(x => x * x)];
    }
}
