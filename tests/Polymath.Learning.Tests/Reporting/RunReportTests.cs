using FsCheck;
using FsCheck.Fluent;
using Polymath.Learning.Reporting;
using Polymath.Learning.Training;

namespace Polymath.Tests.Reporting;

public sealed class RunReportTests
{
    public static TheoryData<string> Samples => [.. SampleReports.All.Keys.Where(name => name != "hostile")];

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_report_comes_back_from_json_as_it_was(string sample) => AssertSame(SampleReports.All[sample](), RunReport.FromJson(SampleReports.All[sample]().ToJson()));

    [Fact]
    public void Any_report_comes_back_from_json_as_it_was()
    {
        Gen<double> numbers = ArbMap.Default.GeneratorFor<double>(); // NaN and infinities included
        Gen<string> texts = ArbMap.Default.GeneratorFor<NonEmptyString>().Select(text => string.Concat(text.Get.Where(c => !char.IsSurrogate(c))));
        Gen<RunReport> reports = texts.SelectMany(name => numbers.ArrayOf().SelectMany(values => ArbMap.Default.GeneratorFor<ulong>().Select(seed => new RunReport
        {
            Name = name,
            Command = name,
            Seed = seed,
            TrainRows = (long)(seed >> 1),
            DeltaM = values.Length > 2 ? values[2] : null,
            Tasks = [.. values.Select((value, i) => new TaskReport { Name = $"{name}{i}", GainPercent = i % 2 == 0 ? value : null, SingleTask = i % 3 == 0 ? new Dictionary<string, SplitMetrics> { [name] = new(i, new Dictionary<string, double> { [name] = value }) } : null })],
            History = [.. values.Select((value, i) => new EpochReport(i, [value], [], values))],
            Conflict = values.Length == 4 ? new GradientConflict(2, values, values[0], 3) : null,
            Memory = values.Length == 3 ? new StepMemory((long)(seed >> 2), values.Length, 0) : null,
            Balancing = values.Length == 2 ? new SolverStatuses(values.Length, (long)(seed >> 3), 1, 0) : null,
            Notes = [name],
        })));
        Check.QuickThrowOnFailure(Prop.ForAll(reports.ToArbitrary(), report => AssertSame(report, RunReport.FromJson(report.ToJson()))));
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("[]", "report")]
    [InlineData("{}", "'name'")]
    [InlineData("{\"name\":3}", "report.name")]
    [InlineData("{\"name\":\"\\ud800\"}", "report.name")]
    [InlineData("{\"name\":\"x\",\"version\":2}", "version 2")]
    [InlineData("{\"name\":\"x\",\"seed\":-1}", "report.seed")]
    [InlineData("{\"name\":\"x\",\"deltaM\":\"many\"}", "report.deltaM")]
    [InlineData("{\"name\":\"x\",\"tasks\":[{\"name\":\"t\"},{\"kind\":\"binary\"}]}", "report.tasks[1]")]
    [InlineData("{\"name\":\"x\",\"history\":[{\"epoch\":1,\"trainLoss\":[1,null]}]}", "report.history[0].trainLoss[1]")]
    public void A_wrong_file_is_refused_by_name(string json, string named)
        => Assert.Contains(named, Assert.Throws<FormatException>(() => RunReport.FromJson(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void Unknown_fields_are_ignored_and_missing_ones_keep_their_defaults()
    {
        RunReport report = RunReport.FromJson("{\"name\":\"x\",\"future\":[1],\"tasks\":[{\"name\":\"t\"}]}");
        Assert.Equal("", report.Command);
        Assert.Null(report.Conflict);
        Assert.True(report.Tasks[0].HigherIsBetter);
        Assert.Null(report.Tasks[0].GainPercent);
    }

    private static void AssertSame(RunReport expected, RunReport found)
    {
        Assert.Equal(expected.Boosting is null, found.Boosting is null);
        Assert.Equal(expected.Experts?.ToString(), found.Experts?.ToString());
        Assert.Equal(expected.ToJson(), found.ToJson());
        Assert.Equal(expected with { Tasks = [], History = [], Conflict = null, Boosting = null, Experts = null, Notes = [], Files = [] }, found with { Tasks = [], History = [], Conflict = null, Boosting = null, Experts = null, Notes = [], Files = [] });
        Assert.Equal(expected.Notes, found.Notes);
        Assert.Equal(expected.Files, found.Files);
        Assert.Equal(expected.Tasks.Count, found.Tasks.Count);
        foreach ((TaskReport left, TaskReport right) in expected.Tasks.Zip(found.Tasks))
        {
            var empty = new Dictionary<string, SplitMetrics>();
            Assert.Equal(left with { Splits = empty, SingleTask = null }, right with { Splits = empty, SingleTask = null });
            AssertSame(left.Splits, right.Splits);
            Assert.Equal(left.SingleTask is null, right.SingleTask is null);
            if (left.SingleTask is not null) AssertSame(left.SingleTask, right.SingleTask!);
        }

        Assert.Equal(expected.History.Select(Flat), found.History.Select(Flat));
        Assert.Equal(expected.Conflict is null, found.Conflict is null);
        if (expected.Conflict is not GradientConflict conflict) return;
        Assert.Equal(conflict.Cosines, found.Conflict!.Cosines);
        Assert.Equal((conflict.Tasks, conflict.ConflictRate, conflict.Steps), (found.Conflict.Tasks, found.Conflict.ConflictRate, found.Conflict.Steps));
    }

    private static double[] Flat(EpochReport epoch) => [epoch.Epoch, epoch.TrainLoss.Count, .. epoch.TrainLoss, epoch.Validation.Count, .. epoch.Validation, .. epoch.Weights];

    private static void AssertSame(IReadOnlyDictionary<string, SplitMetrics> expected, IReadOnlyDictionary<string, SplitMetrics> found)
    {
        Assert.Equal(expected.Keys, found.Keys);
        foreach ((string split, SplitMetrics metrics) in expected)
        {
            Assert.Equal(metrics.Observed, found[split].Observed);
            Assert.Equal(metrics.Values, found[split].Values);
        }
    }
}
