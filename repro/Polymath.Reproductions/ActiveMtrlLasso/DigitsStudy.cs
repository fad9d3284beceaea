using System.Globalization;
using Polymath.Learning.Relevance;
using Polymath.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Reproductions.ActiveMtrlLasso;

/// <summary>One digit under one corruption with 100 samples is the target, the digits under the five other corruptions are 50 sources.</summary>
internal sealed class DigitsStudy(CorruptedDigits digits, int targets)
{
    private const int Size = 10, TargetSamples = 100, Budget = 2000, TopCount = 5;
    private static readonly RelevanceNorm[] s_norms = [RelevanceNorm.Uniform, RelevanceNorm.L2, RelevanceNorm.L1];

    /// <summary>Errors of uniform, L2, L1 and target only in percent; then for L1 the budget's share of the same digit after exploration in percent, and whether the top 5 hold it.</summary>
    private readonly Measurements _values = new(6, targets);

    public int Steps => targets;

    private static int Sources => (CorruptedDigits.Corruptions.Length - 1) * CorruptedDigits.Digits;

    public void Run(Action finished, CancellationToken token) => _values.Run(Measure, finished, token);

    public ReportTable Table() => new(
        string.Create(CultureInfo.InvariantCulture, $"8 x 8 digits under 6 corruptions: error in percent over {targets} targets of {TargetSamples} samples, {Budget} samples of {Sources} sources, k = {Size}"),
        ["method", "error", "better than uniform"],
        [
            .. s_norms.Select((norm, n) => (IReadOnlyList<ReportCell>)[norm switch { RelevanceNorm.L1 => "L1 (Lasso)", RelevanceNorm.L2 => "L2 (nu squared)", _ => "uniform" }, ReportCell.Over(_values[n]), n == 0 ? string.Empty : Better(n)]),
            ["target only", ReportCell.Over(_values[3]), Better(3)],
        ]);

    public IEnumerable<ReproductionAssertion> Judge()
    {
        double uniform = _values.Mean(0), l2 = _values.Mean(1), l1 = _values.Mean(2);
        yield return new ReproductionAssertion("digits: error of uniform >= L2 >= L1 on average", uniform >= l2 && l2 >= l1, string.Create(CultureInfo.InvariantCulture, $"{uniform:F2}, {l2:F2}, {l1:F2} percent"), Required: false);
        yield return new ReproductionAssertion("digits: most of what L1 buys after exploration is the same digit", _values.Mean(4) > 50, string.Create(CultureInfo.InvariantCulture, $"{Spread.Of(_values[4]).Text(1)} percent, uniform 10"), Required: false);
        int contained = _values[5].Count(value => value > 0);
        yield return new ReproductionAssertion("digits: the 5 largest |nu| of L1 contain the same digit, for every target", contained == targets, string.Create(CultureInfo.InvariantCulture, $"{contained} of {targets}"), Required: false);
    }

    private ReportCell Better(int method) => string.Create(CultureInfo.InvariantCulture, $"{_values[method].Zip(_values[0], (own, uniform) => own < uniform).Count(better => better)} of {targets}");

    /// <summary>Targets are spread over the 60 tasks: three or four of every corruption, two of every digit.</summary>
    private double[] Measure(int index)
    {
        int corruption = index % CorruptedDigits.Corruptions.Length, digit = index * 3 / 2 % CorruptedDigits.Digits;
        int[] others = [.. Enumerable.Range(0, CorruptedDigits.Corruptions.Length).Where(other => other != corruption)];
        RandomStream random = new RandomStream((ulong)index).Derive("active-mtrl-lasso-digits");
        TaskSamples target = digits.SampleDistinct(corruption, digit, TargetSamples, random.Derive("target")), test = digits.Test(corruption, digit, random.Derive("test"));
        double[] values = new double[6];
        for (int n = 0; n < s_norms.Length; n++)
        {
            RandomStream[] streams = [.. Enumerable.Range(0, Sources).Select(source => random.Derive((ulong)source))];
            var trainer = new ActiveMultiTaskTrainer(Sources, target, new() { K = Size, Norm = s_norms[n], Budget = Budget, Phases = s_norms[n] == RelevanceNorm.Uniform ? 1 : 2, Seed = (ulong)index });
            ActiveResult result = trainer.Run((source, count) => digits.Sample(others[source / CorruptedDigits.Digits], source % CorruptedDigits.Digits, count, streams[source]));
            values[n] = Error(result.Predict(test.Inputs), test.Labels);
            if (s_norms[n] != RelevanceNorm.L1) continue;
            IReadOnlyList<int> drawn = result.History[^1].Drawn;
            values[4] = 100.0 * drawn.Where((_, source) => source % CorruptedDigits.Digits == digit).Sum() / drawn.Sum();
            double[] nu = [.. result.History[0].Nu.Select(Math.Abs)];
            values[5] = Enumerable.Range(0, Sources).OrderByDescending(source => nu[source]).Take(TopCount).Any(source => nu[source] > 0 && source % CorruptedDigits.Digits == digit) ? 1 : 0;
        }

        double[] alone = new double[CorruptedDigits.Features];
        MinimumNormSolution.Solve(target.Inputs, target.Labels, alone);
        values[3] = Error([.. Enumerable.Range(0, test.Count).Select(i => Dot(test.Input(i), alone))], test.Labels);
        return values;
    }

    private static double Error(double[] predictions, double[] labels) => 100.0 * predictions.Zip(labels, (value, label) => value * label <= 0).Count(wrong => wrong) / labels.Length;

    private static double Dot(ReadOnlySpan<double> first, double[] second) => System.Numerics.Tensors.TensorPrimitives.Dot(first, second);
}
