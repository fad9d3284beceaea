using Polymath.Learning.Reporting;
using Polymath.Learning.Training;
using Polymath.Tensors;

namespace Polymath.Tests.Reporting;

/// <summary>Reports of every shape a run can have, made up but plausible.</summary>
internal static class SampleReports
{
    public static IReadOnlyDictionary<string, Func<RunReport>> All { get; } = new Dictionary<string, Func<RunReport>>
    {
        ["two-tasks"] = () => Make("census", ["income", "married"], epochs: 12),
        ["seven-tasks"] = () => Make("sarcos", [.. Enumerable.Range(1, 7).Select(i => $"torque {i}")], epochs: 40, regression: true),
        ["twelve-long-names"] = () => Make("shop", [.. Enumerable.Range(1, 12).Select(i => $"probability_of_purchase_within_{i}_days_of_the_first_click")], epochs: 8),
        ["twenty-tasks"] = () => Make("school", [.. Enumerable.Range(1, 20).Select(i => $"school {i}")], epochs: 30),
        ["forty-tasks"] = () => Make("school", [.. Enumerable.Range(1, 40).Select(i => $"school {i}")], epochs: 25),
        ["two-hundred-tasks"] = () => Make("molecules", [.. Enumerable.Range(1, 200).Select(i => $"assay-{i:000}")], epochs: 15),
        ["one-epoch"] = () => Make("quick", ["click", "purchase", "rating"], epochs: 1),
        ["one-task"] = () => Make("single", ["income"], epochs: 9),
        ["no-baseline"] = NoBaseline,
        ["missing-pieces"] = () => new RunReport { Name = "bare", Tasks = [new TaskReport { Name = "income" }, new TaskReport { Name = "married" }] },
        ["nothing"] = () => new RunReport { Name = "" },
        ["nan"] = Undefined,
        ["hostile"] = Hostile,
        ["experts"] = () => Make("shop", ["like", "comment", "follow"], epochs: 6) with { Experts = Mixture(["like", "comment", "follow"], shared: 3) },
        ["many-experts"] = () => Make("shop", [.. Enumerable.Range(1, 40).Select(i => $"probability_of_purchase_within_{i}_days")], epochs: 6) with { Experts = Mixture([.. Enumerable.Range(1, 40).Select(i => $"probability_of_purchase_within_{i}_days")], shared: 8) },
        ["boosted"] = () => Boosted(["abalone_female", "abalone_infant", "abalone_male"], outliers: 1, validation: true),
        ["boosted-twenty"] = () => Boosted([.. Enumerable.Range(1, 20).Select(i => $"probability_of_purchase_within_{i}_days_of_the_first_click")], outliers: 3, validation: true),
        ["boosted-many"] = () => Boosted([.. Enumerable.Range(1, 139).Select(i => $"school {i}")], outliers: 14, validation: false),
        ["boosted-bare"] = () => Boosted(["one"], outliers: 0, validation: false) with { Boosting = new BoostingReport() },
    };

    public static RunReport Make(string name, string[] tasks, int epochs, bool regression = false)
    {
        var random = new RandomStream(5).Derive(name);
        int k = tasks.Length;
        double[] gains = [.. Enumerable.Range(0, k).Select(_ => (2.2 * random.NextNormalDouble()) + 0.8)];
        double[] sides = [.. Enumerable.Range(0, k).Select(_ => random.NextNormalDouble())];
        double[] cosines = new double[k * k];
        for (int i = 0; i < k; i++)
            for (int j = 0; j <= i; j++)
                cosines[(i * k) + j] = cosines[(j * k) + i] = i == j ? 1 : Math.Clamp((0.35 * sides[i] * sides[j]) + (0.08 * random.NextNormalDouble()), -0.95, 0.95);
        return new RunReport
        {
            Name = name,
            Created = "2026-03-14 09:26:53 UTC",
            Model = "mmoe (8 experts of 64)",
            Parameters = 148_226,
            FlopsPerRow = 291_840,
            Balancer = "cagrad:c=0.4,rescale=1",
            Seed = 7,
            TrainRows = 29_304,
            ValidRows = 3_257,
            TestRows = 16_281,
            DataSource = $"{name}.csv (48,842 rows, 12 columns)",
            Command = $"polymath train {name}.csv --target income:binary --target \"married=marital-status==Never-married:binary\" --model mmoe --balancer cagrad:c=0.4 --seed 7 --out run/",
            DeltaM = gains.Average(),
            DeltaMSpread = 0.2,
            BestEpoch = Math.Max(1, epochs * 2 / 3) - 1,
            WallSeconds = 83.4,
            RowsPerSecond = 48_211.7,
            Memory = new StepMemory(6_815_744, 1_185_808, 0),
            Balancing = new SolverStatuses(11_862, 0, 138, 0),
            Tasks = [.. tasks.Select((task, i) => Task(task, gains[i], i, regression))],
            History = [.. Enumerable.Range(1, epochs).Select(epoch => new EpochReport(
                epoch - 1,
                [.. Enumerable.Range(0, k).Select(i => 0.25 + (0.5 * Math.Exp(-epoch / (3.0 + i % 5))) + (0.01 * random.NextNormalDouble()))],
                [.. Enumerable.Range(0, k).Select(i => (0.3 * Math.Exp(-epoch / (2.0 + i % 4))) + (0.0006 * epoch * (i % 3)) + (0.004 * random.NextNormalDouble())).Select(excess => regression ? 0.3 + excess : 0.92 - excess)],
                [.. Enumerable.Range(0, k).Select(i => 1 + (0.5 * sides[i] * (1 - Math.Exp(-epoch / 6.0))) + (0.02 * random.NextNormalDouble()))]))],
            Conflict = new GradientConflict(k, cosines, 0.274, 4_212),
            Notes = epochs > 20 ? ["Early stopping after 6 epochs without a better mean validation metric.", "CAGrad's solver kept the previous weights in 3 of 4,212 steps."] : [],
            Files = ["model.safetensors", "config.yaml", "metrics.jsonl", "report.html"],
        };
    }

    /// <summary>Two levels; one expert has collapsed, one is captured, and the last task ignores its own.</summary>
    public static ExpertReport Mixture(string[] tasks, int shared)
    {
        var random = new RandomStream(9);
        var experts = new List<ExpertFigures>();
        var gates = new List<GateFigures>();
        for (int level = 0; level < 2; level++)
        {
            for (int e = 0; e < shared; e++) experts.Add(new ExpertFigures(level, $"shared.{e}", "", 64, e == 1 && level == 1 ? 0.97 : 0.1 * random.NextDouble(), e == 1 ? 40 : 0, 0.2, 0.5 + (0.2 * random.NextDouble())));
            foreach (string task in tasks) experts.Add(new ExpertFigures(level, $"{task}.0", task, 64, 0.02, 0, 0.2, 0.6));
            foreach (string task in tasks)
            {
                double[] weights = [.. Enumerable.Range(0, shared + 1).Select(e => e == 0 && task != tasks[0] ? 1e-3 : e == shared && task == tasks[^1] ? 1e-3 : 0.2 + random.NextDouble())];
                gates.Add(new GateFigures(level, task, false, [.. Enumerable.Range(0, shared).Select(e => $"shared.{e}"), $"{task}.0"], [.. weights.Select(weight => weight / weights.Sum())], level == 1 && task == tasks[0] ? [0.4] : []));
            }
        }

        return new ExpertReport(4096, experts, gates);
    }

    private static TaskReport Task(string name, double gain, int index, bool regression)
    {
        double single = regression ? 0.31 : 0.86 + (0.001 * index % 0.1);
        double multi = regression ? single * (1 - (gain / 100)) : single * (1 + (gain / 100));
        string metric = regression ? "rmse" : "auc";
        return new TaskReport
        {
            Name = name,
            Kind = regression ? "regression" : "binary",
            PrimaryMetric = metric,
            HigherIsBetter = !regression,
            Splits = new Dictionary<string, SplitMetrics>
            {
                ["valid"] = new(3_257, new Dictionary<string, double> { [metric] = multi + 0.002, ["log_loss"] = 0.281 }),
                ["test"] = new(16_281 - (index * 13), new Dictionary<string, double> { [metric] = multi, ["log_loss"] = 0.289, ["accuracy"] = 0.871 }),
            },
            SingleTask = new Dictionary<string, SplitMetrics> { ["test"] = new(16_281 - (index * 13), new Dictionary<string, double> { [metric] = single, ["log_loss"] = 0.293 }) },
            GainPercent = gain,
            GainSpread = 0.35,
            NegativeTransfer = gain < -1.2,
        };
    }

    public static RunReport Boosted(string[] tasks, int outliers, bool validation)
    {
        var random = new RandomStream(3).Derive("boosted");
        double[] mixes = [.. tasks.Select((_, i) => i >= outliers ? 0.5 + (0.02 * random.NextNormalDouble()) : i % 2 == 0 ? 0.9 + (0.005 * i) : 0.1)];
        double median = mixes.Order().ElementAt(mixes.Length / 2);
        return Make("boosted", tasks, epochs: 1, regression: true) with
        {
            Model = "r-mtgb, 7,100 trees",
            Balancer = "",
            History = [],
            Conflict = null,
            Boosting = new BoostingReport
            {
                Losses = [.. new[] { "shared", "robust", "task" }.SelectMany((block, b) => Enumerable.Range(1, 50).Select(i => new IterationLoss(block, i, 90 - (20 * b) - (0.3 * i), validation ? 95 - (10 * b) + (0.01 * (i - 20) * (i - 20)) : double.NaN)))],
                Mixes = [.. tasks.Select((task, i) => new TaskMix(task, mixes[i], Math.Abs(mixes[i] - median)))],
                Importances = [.. Enumerable.Range(1, 26).Select(i => new FeatureShare($"feature_number_{i}", 1.0 / (i * 4)))],
                Search = new SearchReport("rmse", false, 5, [.. Enumerable.Range(1, 24).Select(i => new SearchPoint($"shared={10 * i} robust=20", i == 7 ? double.NaN : 2 + (0.01 * i), 0.02, i == 1))]),
            },
        };
    }

    private static RunReport NoBaseline()
    {
        RunReport report = Make("census", ["income", "married"], epochs: 6);
        return report with
        {
            Tasks = [.. report.Tasks.Select(task => task with { SingleTask = null, GainPercent = null, GainSpread = null, NegativeTransfer = false })],
            DeltaM = null,
            Conflict = null,
            History = [.. report.History.Select(epoch => epoch with { Weights = [] })],
        };
    }

    private static RunReport Undefined()
    {
        const double NaN = double.NaN, Infinity = double.PositiveInfinity;
        RunReport report = Make("undefined", ["a", "b", "c"], epochs: 6);
        return report with
        {
            DeltaM = NaN,
            WallSeconds = NaN,
            RowsPerSecond = Infinity,
            Tasks =
            [
                report.Tasks[0] with { GainPercent = NaN, GainSpread = NaN },
                report.Tasks[1] with { GainPercent = double.NegativeInfinity, Splits = new Dictionary<string, SplitMetrics> { ["test"] = new(0, new Dictionary<string, double> { ["auc"] = NaN }) } },
                report.Tasks[2] with { GainSpread = Infinity },
            ],
            History = [.. report.History.Select((epoch, i) => epoch with
            {
                TrainLoss = [NaN, i == 2 ? NaN : epoch.TrainLoss[1], i == 4 ? Infinity : epoch.TrainLoss[2]],
                Validation = [NaN, i == 3 ? epoch.Validation[1] : NaN, 1e300 * i],
                Weights = i == 1 ? [] : [NaN, 1, epoch.Weights[2]],
            })],
            Conflict = new GradientConflict(3, [1, NaN, -0.04, NaN, 1, Infinity, -0.04, Infinity, 1], NaN, 0),
        };
    }

    private static RunReport Hostile()
    {
        const string Nasty = "</svg><script>alert('x')</script> & \"quoted\" \ud800 \u0001 \u4e2d\u6587\u4efb\u52a1\u540d\u79f0\u5f88\u957f\u5f88\u957f \U0001F600";
        RunReport report = Make("hostile", [Nasty, "second"], epochs: 5);
        return report with
        {
            Name = Nasty,
            Model = Nasty,
            Balancer = Nasty,
            Created = Nasty,
            DataSource = Nasty,
            Command = Nasty,
            Notes = [Nasty],
            Files = [Nasty],
            Tasks = [report.Tasks[0] with { Kind = Nasty, PrimaryMetric = Nasty, Splits = new Dictionary<string, SplitMetrics> { [Nasty] = new(1, new Dictionary<string, double> { [Nasty] = 0.5 }) } }, report.Tasks[1]],
        };
    }
}
