using Polymath.Learning;
using Polymath.Learning.Reporting;
using Polymath.Learning.Training;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Diagnostics of models whose experts and gates are set by hand, so that every figure has a closed form.</summary>
public sealed class ExpertDiagnosticsTests
{
    private const int Inputs = 2, Rows = 40;
    private static readonly TaskSet s_tasks = new(Target.Binary("click"), Target.Binary("buy"));

    public static TheoryData<string> ExpertModels { get; } = [.. TabularModels.All.Select(model => model.Name).Where(name => TinyProblem.Create(name, 2) is IExpertModel)];

    [Fact]
    public void Gates_that_send_everything_to_one_expert_use_only_that_one()
    {
        MMoE model = Mixture(experts: 4);
        Open(model, task: 0, expert: 0);
        Open(model, task: 1, expert: 0);
        ExpertReport report = ExpertDiagnostics.Of(model, Data());
        foreach (GateFigures gate in report.Gates)
        {
            Assert.Equal([1, 0, 0, 0], gate.Weights.Select(weight => Math.Round(weight, 6)));
            Assert.Equal(0, gate.Utilisation, 6);
        }

        Assert.Equal(0.5, report.LargestShare(report.Experts[0])!.Value.Share, 6);
        Assert.DoesNotContain(report.Anomalies, anomaly => anomaly.Kind == ExpertAnomalyKind.Degradation && anomaly.Subject == "shared.0");
    }

    [Fact]
    public void Equal_gates_use_all_experts_alike()
    {
        ExpertReport report = ExpertDiagnostics.Of(Mixture(experts: 4), Data());
        Assert.All(report.Gates, gate => Assert.Equal(1, gate.Utilisation, 6));
        Assert.All(report.Experts, expert => Assert.Equal(0.5, report.LargestShare(expert)!.Value.Share, 6));
    }

    [Fact]
    public void An_expert_that_one_task_has_to_itself_is_degraded()
    {
        MMoE model = Mixture(experts: 2);
        Open(model, task: 0, expert: 0);
        Open(model, task: 1, expert: 1);
        ExpertReport report = ExpertDiagnostics.Of(model, Data());
        Assert.Equal(["shared.0", "shared.1"], report.Anomalies.Where(anomaly => anomaly.Kind == ExpertAnomalyKind.Degradation).Select(anomaly => anomaly.Subject));
        Assert.True(report.IsFlagged(ExpertAnomalyKind.Degradation, 0, "shared.1"));
        Assert.Equal(("buy", 1), (report.LargestShare(report.Experts[1])!.Value.Consumer, Math.Round(report.LargestShare(report.Experts[1])!.Value.Share, 6)));
    }

    [Fact]
    public void Zeros_dead_units_mean_and_deviation_are_those_of_the_outputs()
    {
        // ReLU experts of two units: a constant 3 and a constant -1; the second is dead.
        MMoE model = Mixture(experts: 1, width: 2);
        Set(model.Mixture.Experts[0], [3, -1]);
        ExpertFigures expert = Assert.Single(ExpertDiagnostics.Of(model, Data()).Experts);
        Assert.Equal((2, 1, 0.5), (expert.Width, expert.DeadUnits, expert.ZeroRate));
        Assert.Equal(1.5, expert.Mean, 6);
        Assert.Equal(1.5, expert.Deviation, 6);
    }

    [Fact]
    public void A_silent_expert_and_one_of_another_scale_have_collapsed()
    {
        MMoE model = Mixture(experts: 3, width: 2);
        Set(model.Mixture.Experts[0], [3, 1]);
        Set(model.Mixture.Experts[1], [-1, -1]);
        Set(model.Mixture.Experts[2], [0.1f, 0.2f]);
        ExpertReport report = ExpertDiagnostics.Of(model, Data());
        Assert.Equal(["shared.1", "shared.2"], report.Anomalies.Where(anomaly => anomaly.Kind == ExpertAnomalyKind.Collapse).Select(anomaly => anomaly.Subject));
        Assert.Contains("100 % of its outputs are zero", report.Anomalies[0].Sentence, StringComparison.Ordinal);
        Assert.Contains("standard deviation of 0.05, the largest of its level 1", report.Anomalies[1].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_that_neglects_its_own_experts_under_fits()
    {
        var model = new Cgc(FeatureSchema.Numeric(Inputs), s_tasks, new CgcOptions { SharedExperts = 1, SpecificExperts = 1, ExpertHidden = [2], BatchNorm = false });
        foreach (Gate gate in model.Levels[0].Gates) Silence(gate);

        // Its own expert comes first; with logits 0 and 4 it has 1 / (1 + e^4).
        Bias(model.Levels[0].Gates[1], 1, 4f);
        ExpertReport report = ExpertDiagnostics.Of(model, Data());
        Assert.Equal(0.5, report.OwnShare(report.Gates[0])!.Value, 6);
        Assert.Equal(1 / (1 + Math.Exp(4)), report.OwnShare(report.Gates[1])!.Value, 6);
        Assert.Equal("buy", Assert.Single(report.Anomalies, anomaly => anomaly.Kind == ExpertAnomalyKind.UnderFitting).Subject);
    }

    [Fact]
    public void A_self_gate_counts_among_the_weight_of_own_experts()
    {
        var groups = new TaskGroup[] { new("one", ["click"]), new("two", ["buy"]) };
        var model = new HoME(FeatureSchema.Numeric(Inputs), s_tasks, new HoMEOptions { Groups = groups, SharedExperts = 1, GroupExperts = 0, TaskExperts = 1, ExpertHidden = [2], LoraRank = 1 });
        foreach ((_, Parameter parameter) in model.NamedParameters().Where(entry => entry.Key.StartsWith("mixture.gates", StringComparison.Ordinal) || entry.Key.Contains("self_gate", StringComparison.Ordinal))) parameter.Value.Span.Clear();

        // Mixture 1/2 and 1/2, self gate sigmoid(0) = 1/2: own (1/2 + 1/2) of 3/2.
        ExpertReport report = ExpertDiagnostics.Of(model, Data());
        GateFigures gate = report.Gates.Single(entry => entry is { Level: 1, Consumer: "click" });
        Assert.Equal([0.5], gate.SelfWeights.Select(weight => Math.Round(weight, 6)));
        Assert.Equal(2.0 / 3, report.OwnShare(gate)!.Value, 6);
    }

    [Fact]
    public void Rows_are_spread_over_the_data_and_at_least_one_is_needed()
    {
        Assert.Equal(7, ExpertDiagnostics.Of(Mixture(2), Data(), maxRows: 7).Rows);
        Assert.Equal(Rows, ExpertDiagnostics.Of(Mixture(2), Data()).Rows);
        Assert.Contains("no rows", Assert.Throws<ModelException>(() => ExpertDiagnostics.Of(Mixture(2), Data().Subset([]))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => ExpertDiagnostics.Of(Mixture(2), Data(), maxRows: 0));
    }

    [Theory]
    [MemberData(nameof(ExpertModels))]
    public void Every_gate_names_experts_of_its_level_and_a_model_is_left_as_it_was(string name)
    {
        TabularModel model = TinyProblem.Create(name, 3, batchNorm: true);
        float[] before = [.. model.NamedBuffers().SelectMany(entry => entry.Value.ToArray())];
        ExpertActivity activity = ((IExpertModel)model).Activity(TinyProblem.Batch());
        Assert.True(model.Training);
        Assert.Equal(before, model.NamedBuffers().SelectMany(entry => entry.Value.ToArray()));
        foreach (IGrouping<int, ExpertOutput> level in activity.Experts.GroupBy(expert => expert.Level))
        {
            HashSet<string> names = [.. level.Select(expert => expert.Name)];
            Assert.Equal(level.Count(), names.Count);
            Assert.All(activity.Gates.Where(gate => gate.Level == level.Key).SelectMany(gate => gate.Experts), expert => Assert.Contains(expert, names));
            Assert.All(level, expert => Assert.Equal(TinyProblem.Rows, expert.Values.Shape[0]));
        }
    }

    [Theory]
    [MemberData(nameof(ExpertModels))]
    public void The_tables_fit_80_columns(string name)
    {
        TabularModel model = TinyProblem.Create(name, 2);
        string text = ExpertDiagnosticsText(model);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 80, line));
        Assert.Contains("gate of", text, StringComparison.Ordinal);
    }

    private static string ExpertDiagnosticsText(TabularModel model)
    {
        Batch batch = TinyProblem.Batch(20);
        var data = new ArrayDataset(batch.Numeric.ToArray(), 2, batch.Categories.Span.ToArray(), 2, new float[40], 2);
        return ExpertDiagnostics.Of((IExpertModel)model, data).ToString();
    }

    private static MMoE Mixture(int experts, int width = 2)
    {
        var model = new MMoE(FeatureSchema.Numeric(Inputs), s_tasks, new MMoEOptions { Experts = experts, ExpertHidden = [width], BatchNorm = false });
        foreach (Gate gate in model.Mixture.Gates) Silence(gate);
        return model;
    }

    private static void Open(MMoE model, int task, int expert) => Bias(model.Mixture.Gates[task], expert, 50f);

    private static void Silence(Gate gate)
    {
        foreach ((_, Parameter parameter) in gate.NamedParameters()) parameter.Value.Span.Clear();
    }

    private static void Bias(Gate gate, int expert, float value) => gate.NamedParameters().Single(entry => entry.Key == "linear.bias").Value.Value.Span[expert] = value;

    private static void Set(Mlp expert, float[] constants)
    {
        expert.Layers[0].Weight.Value.Span.Clear();
        constants.CopyTo(expert.Layers[0].Bias!.Value.Span);
    }

    private static ArrayDataset Data()
    {
        float[] values = new float[Rows * Inputs];
        new RandomStream(6).FillNormal(values);
        return new ArrayDataset(values, Inputs, [], 0, new float[Rows * 2], 2);
    }
}
