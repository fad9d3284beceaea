using Polymath.Data.Runs;
using Polymath.Learning;
using Polymath.Learning.Training;
using Polymath.Tabular.Runs;

namespace Polymath.Tests;

/// <summary>AUC within groups (GAUC), from the column of a table to the scores of a run.</summary>
public sealed class GroupedMetricTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Rows_of_one_group_are_ranked_among_each_other_and_rows_without_a_group_left_out()
    {
        // Group 0: one pair in order and one not, AUC 1/2 of 3 rows; group 1: 1 of 2 rows; group 2 has one class; the last row has no group.
        float[] labels = [1, 0, 0, 0, 1, 1, 0], answers = [0.5f, 0.4f, 0.6f, 0.1f, 0.2f, 0.9f, 0.99f];
        TaskScore score = Evaluation.Score(Target.Binary("click"), labels, answers, [0, 0, 0, 1, 1, 2, -1]);
        Assert.Equal(((3 * 0.5) + (2 * 1.0)) / 5, score.Metrics["gauc"], 1e-12);
        Assert.DoesNotContain("gauc", Evaluation.Score(Target.Binary("click"), labels, answers).Metrics.Keys);
        Assert.DoesNotContain("gauc", Evaluation.Score(Target.Regression("price"), labels, answers, [0, 0, 0, 1, 1, 2, -1]).Metrics.Keys);
    }

    [Fact]
    public void A_run_with_a_group_column_reports_gauc_also_when_it_is_evaluated_later()
    {
        string data = _temporary.Write("small.csv", SmallTable.Csv(300));
        RunSettings settings = SmallTable.Settings(data) with { Group = "group", Epochs = 1, Baseline = BaselineChoice.None };
        RunOutcome outcome = TrainingRun.Execute(settings, new RunFolder(_temporary.PathOf("run")), TrainingRunMode.New, cancellation: TestContext.Current.CancellationToken);
        Assert.True(outcome.Completed);
        Assert.Contains("\"gauc\"", File.ReadAllText(_temporary.PathOf("run/metrics.jsonl")), StringComparison.Ordinal);
        double later = TrainedRun.Load(_temporary.PathOf("run")).Evaluate(data, cancellation: TestContext.Current.CancellationToken)[0].Metrics["gauc"];
        Assert.InRange(later, 0, 1);
        Assert.Contains("'gruop'", Assert.ThrowsAny<Exception>(() => RunData.Load(settings with { Group = "gruop" }, TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }
}
