using Polymath.Data.Runs;
using Polymath.Learning.Training;
using Polymath.Tabular.Runs;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Training on a share of the negative labels, with probabilities corrected for it.</summary>
public sealed class NegativeSamplingTests : IDisposable
{
    private const double Share = 0.25;
    private const int Rows = 4000;

    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Positives_and_numbers_stay_and_a_share_of_the_negatives()
    {
        RunData all = RunData.Load(Settings(1), TestContext.Current.CancellationToken), some = RunData.Load(Settings(Share), TestContext.Current.CancellationToken);
        (int positives, int negatives) = Count(all.Train, 0);
        (int keptPositives, int keptNegatives) = Count(some.Train, 0);
        Assert.Equal(positives, keptPositives);

        // Five standard deviations of a binomial share.
        Assert.InRange(keptNegatives, (Share * negatives) - (5 * Math.Sqrt(negatives * Share * (1 - Share))), (Share * negatives) + (5 * Math.Sqrt(negatives * Share * (1 - Share))));
        Assert.Equal(all.Train.Rows, some.Train.Rows);
        Assert.Equal((float)Math.Log(Share), some.Tasks[0].LogitShift);
        Assert.Equal((0f, 0f, all.Test!.Rows), (all.Tasks[0].LogitShift, some.Tasks[1].LogitShift, some.Test!.Rows));
    }

    [Fact]
    public void A_row_without_a_label_left_is_not_looked_at()
    {
        RunData some = RunData.Load(Settings(Share) with { Targets = ["click:binary", "buy:binary"], Drop = ["price"] }, TestContext.Current.CancellationToken);
        Assert.True(some.Train.Rows < Rows / 2);
        Assert.All(Enumerable.Range(0, some.Train.Rows), row => Assert.False(float.IsNaN(some.Train.Label(row, 0)) && float.IsNaN(some.Train.Label(row, 1))));
    }

    [Fact]
    public void Probabilities_are_calibrated_for_all_rows_also_after_loading()
    {
        // 10 % of the rows are positive; without the correction a model trained on a quarter of the negatives says 0.1 / (0.1 + 0.9 / 4) = 31 %.
        RunSettings settings = Settings(Share);
        TrainingRun.Execute(settings, new RunFolder(_temporary.PathOf("run")), TrainingRunMode.New, cancellation: TestContext.Current.CancellationToken);
        float[][] answers = TrainedRun.Load(_temporary.PathOf("run")).Predict(settings.Data, cancellation: TestContext.Current.CancellationToken).First().Predictions;
        Assert.InRange(answers[0].Average(), 0.07f, 0.14f);
    }

    [Fact]
    public void The_entire_space_model_refuses_to_leave_rows_out()
    {
        RunSettings settings = Settings(Share) with { Model = "esmm", Targets = ["click:binary", "buy:binary"] };
        RunData data = RunData.Load(settings, TestContext.Current.CancellationToken);
        Assert.Contains("esmm: learns from all rows", Assert.Throws<TrainingException>(() => TrainingRun.Check(settings, data)).Message, StringComparison.Ordinal);
        Assert.Contains("negatives", Assert.Throws<RunException>(() => RunOptions.Validate(settings with { Negatives = 0 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_of_vectors_stay_within_the_memory_they_are_given()
    {
        // 1/64 MiB of vectors of 4 numbers are 1024 ids; 'item' has 2000 categories.
        RunSettings settings = Settings(1) with { Model = "mmoe:embedding-width=4,experts=2,expert-hidden=4", TableMemory = 1.0 / 64, MinFrequency = 1 };
        RunData data = RunData.Load(settings, TestContext.Current.CancellationToken);
        Assert.Equal(1024, data.Schema.Fields.Single().Cardinality);
        Assert.Contains(data.Notes, note => note.StartsWith("column 'item' is hashed", StringComparison.Ordinal));
    }

    private static (int Positives, int Negatives) Count(ArrayDataset data, int task)
    {
        float[] labels = [.. Enumerable.Range(0, data.Rows).Select(row => data.Label(row, task))];
        return (labels.Count(label => label == 1), labels.Count(label => label == 0));
    }

    private RunSettings Settings(double share)
    {
        var random = new RandomStream(5);
        string rows = string.Join('\n', Enumerable.Range(0, Rows).Select(i =>
        {
            bool click = random.NextDouble() < 0.1;
            return FormattableString.Invariant($"{random.NextNormal()},i{i % 2000},{(click ? 1 : 0)},{(click && random.NextDouble() < 0.5 ? 1 : 0)},{random.NextNormal()}");
        }));
        string path = _temporary.PathOf("log.csv");
        if (!File.Exists(path)) _temporary.Write("log.csv", $"x,item,click,buy,price\n{rows}\n");
        return new RunSettings
        {
            Data = path,
            Targets = ["click:binary", "price:regression"],
            Drop = ["buy"],
            Model = "shared-bottom:bottom-hidden=8,tower-hidden=none",
            Categorical = ["item"],
            Negatives = share,
            Optimizer = "adam:lr=0.02",
            Epochs = 6,
            Baseline = BaselineChoice.None,
        };
    }
}
