using System.Globalization;
using System.Text;
using Polymath.Data;
using Polymath.Data.Runs;
using Polymath.Tabular;
using Polymath.Tabular.Runs;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>A column of lists from the file to the predictions.</summary>
public sealed class SequenceRunTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [InlineData("dtrn:embedding-width=8,condition-width=4,hyper-hidden=8,tower-hidden=8,batch-norm=false")]
    [InlineData("mmoe:experts=2,expert-hidden=8,tower-hidden=4,embedding-width=4,sequence-pooling=attention")]
    [InlineData("shared-bottom:bottom-hidden=8,tower-hidden=4,embedding-width=4")]
    public void A_run_learns_saves_and_predicts_from_lists(string model)
    {
        RunSettings settings = Settings(_temporary.Write("data.csv", Csv(800))) with { Model = model };
        Assert.Equal(settings.Sequences, RunConfiguration.Read(RunConfiguration.Write(settings), "run.yaml").Sequences);
        RunOutcome outcome = TrainingRun.Execute(settings, new RunFolder(_temporary.PathOf("run")), TrainingRunMode.New, cancellation: TestContext.Current.CancellationToken);
        Assert.True(outcome.Completed);
        TrainedRun trained = TrainedRun.Load(_temporary.PathOf("run"));
        Assert.Equal([new SequenceFeature("seen", 13, 3, "item")], trained.Model.Schema.Sequences);

        // Whether the item was seen last decides the label.
        string header = "seen,item\n", known = "i01|i02|i03,i03\n", other = "i01|i02|i03,i09\n", empty = ",i03\n", foreign = "x|y,z\n";
        float[] answers = Predict(header + known + other + empty + foreign);
        Assert.All(answers, answer => Assert.InRange(answer, 0f, 1f));
        Assert.Equal(answers[0], Predict(header + "i07|i05|i01|i02|i03,i03\n")[0], 1e-6f);
        Assert.True(trained.Evaluate(settings.Data, cancellation: TestContext.Current.CancellationToken)[0].Value > 0.5);

        float[] Predict(string csv) => trained.Predict(_temporary.Write("new.csv", csv), cancellation: TestContext.Current.CancellationToken).Single().Predictions[0];
    }

    [Fact]
    public void Wrong_sequences_leave_no_run_behind()
    {
        RunSettings settings = Settings(_temporary.Write("data.csv", Csv(60)));
        Refused<TableException>(settings with { Sequences = ["sen=item"] }, "'sen'");
        Refused<TableException>(settings with { Sequences = ["seen="] }, "empty name");
        Refused<RunException>(settings with { Numeric = ["item"] }, "numeric: found 'item', which a sequence names");
        Refused<RunException>(settings with { ListSeparator = "" }, "list-separator");
        Refused<ModelException>(settings with { Model = "dtrn", Sequences = [], Drop = ["seen"] }, "found no sequence of items");

        void Refused<T>(RunSettings wrong, string expected)
            where T : Exception
        {
            Assert.Contains(expected, Assert.ThrowsAny<T>(() => TrainingRun.Execute(wrong, new RunFolder(_temporary.PathOf("run")), TrainingRunMode.New, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
            Assert.False(Directory.Exists(_temporary.PathOf("run")));
        }
    }

    private static RunSettings Settings(string data) => new()
    {
        Data = data,
        Targets = ["again:binary"],
        Sequences = ["seen=item:3"],
        Optimizer = "adam:lr=0.01",
        Schedule = "constant",
        Epochs = 6,
        Patience = 0,
        BatchSize = 64,
        Baseline = BaselineChoice.None,
    };

    /// <summary>Up to five of 12 items seen before, an item, and whether it is the last one.</summary>
    private static string Csv(int rows)
    {
        var random = new RandomStream(3);
        var text = new StringBuilder("seen,item,again\n");
        for (int row = 0; row < rows; row++)
        {
            int[] seen = [.. Enumerable.Range(0, random.NextInt32(6)).Select(_ => random.NextInt32(12))];
            int item = seen.Length > 0 && random.NextInt32(2) == 0 ? seen[^1] : random.NextInt32(12);
            text.Append(CultureInfo.InvariantCulture, $"{string.Join('|', seen.Select(Name))},{Name(item)},{(seen.Length > 0 && seen[^1] == item ? 1 : 0)}\n");
        }

        return text.ToString();

        static string Name(int item) => string.Create(CultureInfo.InvariantCulture, $"i{item:00}");
    }
}
