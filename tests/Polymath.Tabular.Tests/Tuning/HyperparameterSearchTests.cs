using System.Text.RegularExpressions;
using Polymath.Data.Runs;
using Polymath.Tabular.Runs;
using Polymath.Tabular.Tuning;

namespace Polymath.Tests;

public sealed partial class HyperparameterSearchTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly string _data;

    public HyperparameterSearchTests() => _data = _temporary.Write("small.csv", SmallTable.Csv(260));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void The_best_trial_by_validation_is_trained_and_scored_on_the_test_rows()
    {
        TuningResult result = Execute(Settings(), "out");
        Assert.Equal(6, result.Trials.Count);
        Assert.Equal(result.Trials.Max(trial => trial.Score), result.Trials[0].Score);
        Assert.All(result.Trials, trial => Assert.Equal(4, trial.Epochs));
        Assert.Single(result.Trials, trial => trial.Values.Count == 0);

        // The run that polymath train makes of best.yaml has the very score the search saw.
        RunSettings best = RunConfiguration.Read(File.ReadAllText(_temporary.PathOf("out", "best.yaml")), "best.yaml");
        Assert.Equal(result.Best.Model, best.Model);
        RunOutcome again = TrainingRun.Execute(best, new RunFolder(_temporary.PathOf("again")), TrainingRunMode.New, cancellation: Token);
        double score = again.Report!.Tasks.Average(task => Math.Max(-1, task.Splits["valid"].Values[task.PrimaryMetric]));
        Assert.Equal(result.Trials[0].Score, score, 1e-9);
        Assert.Equal(again.Report.Tasks.Select(task => task.Splits["test"].Values[task.PrimaryMetric]), result.Report.Tasks.Select(task => task.Splits["test"].Values[task.PrimaryMetric]));
        Assert.True(File.Exists(_temporary.PathOf("out", "best", "model.safetensors")));
    }

    [Fact]
    public void Halving_gives_the_survivors_the_training_they_would_have_had_at_once()
    {
        TuningSettings settings = Settings() with { Method = TuningOptions.Halving, Trials = 9, Epochs = 9, Patience = 0 };
        TuningResult halved = Execute(settings, "halved"), random = Execute(settings with { Method = TuningOptions.Random }, "random");
        Assert.Equal([1, 3, 9], halved.Trials.Select(trial => trial.Epochs).Distinct().Order());
        Assert.Equal(1, halved.Trials.Count(trial => trial.Epochs == 9));
        Assert.Equal(2, halved.Trials.Count(trial => trial.Epochs == 3));
        TuningTrial survivor = halved.Trials[0];
        Assert.Equal(random.Trials.Single(trial => trial.Number == survivor.Number).Score, survivor.Score);
    }

    [Theory]
    [InlineData(TuningOptions.Random)]
    [InlineData(TuningOptions.Halving)]
    public void A_search_stopped_anywhere_ends_with_the_same_trials(string method)
    {
        TuningSettings settings = Settings() with { Method = method, Reduction = 2 };
        TuningResult whole = Execute(settings, "whole");
        string[] lines = Lines("whole");
        for (int stop = 1; stop < 12; stop += 4)
        {
            var folder = new TuningFolder(_temporary.PathOf($"stopped{stop}"));
            using var source = new CancellationTokenSource();
            int epochs = 0;
            TuningOutcome stopped = HyperparameterSearch.Execute(settings, folder, cancellation: source.Token, progress: at =>
            {
                if (at.Training?.Finished is not null && ++epochs == stop) source.Cancel();
            });
            Assert.False(stopped.Completed);
            TuningResult resumed = Execute(settings, $"stopped{stop}");
            Assert.Equal(lines, Lines($"stopped{stop}"));
            Assert.Equal(whole.Trials.Select(trial => (trial.Number, trial.Epochs, trial.Score)), resumed.Trials.Select(trial => (trial.Number, trial.Epochs, trial.Score)));
        }
    }

    [Fact]
    public void Trials_may_be_added_and_a_small_space_is_tried_whole()
    {
        TuningResult few = Execute(Settings() with { Trials = 3 }, "out"), more = Execute(Settings() with { Trials = 5 }, "out");
        Assert.Equal(3, few.Trials.Count);
        Assert.Equal(5, more.Trials.Count);
        Assert.All(few.Trials, trial => Assert.Equal(trial.Score, more.Trials.Single(other => other.Number == trial.Number).Score));
        TuningResult all = Execute(Settings() with { Search = ["experts=1/2", "batch-size=32,64"], Trials = 50 }, "all");
        Assert.Equal(["", "1 32", "1 64", "2 32", "2 64"], all.Trials.Select(trial => string.Join(' ', trial.Values)).Order(StringComparer.Ordinal));
        Assert.Contains("other data or other settings", Assert.Throws<RunException>(() => Execute(Settings() with { Epochs = 5 }, "out")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Draws_stay_in_their_range_and_fill_it_evenly_or_by_logarithm()
    {
        TuningSettings settings = Settings() with { Search = ["lr=0.0001..0.01:log", "experts=2..9", "dropout=0..0.5", "expert-hidden=8,8/4"] };
        string[][] drawn = [.. new SearchSpace(settings).Draw(400).Skip(1)];
        double[] rates = [.. drawn.Select(values => double.Parse(values[0], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.All(rates, rate => Assert.InRange(rate, 0.0001, 0.01));
        Assert.InRange(rates.Count(rate => rate < 0.001), 150, 250);
        Assert.Equal(["2", "3", "4", "5", "6", "7", "8", "9"], drawn.Select(values => values[1]).Distinct().Order(StringComparer.Ordinal));
        Assert.InRange(drawn.Average(values => double.Parse(values[2], System.Globalization.CultureInfo.InvariantCulture)), 0.22, 0.28);
        Assert.Equal(["8", "8/4"], drawn.Select(values => values[3]).Distinct().Order(StringComparer.Ordinal));
        TuningSettings applied = new SearchSpace(settings).Apply(["0.002", "3", "0.1", "8/4"]);
        Assert.Equal("adam:lr=0.002", applied.Optimizer);
        Assert.Equal(("3", "8/4"), (ModelSpecification.Parse(applied.Model).Options["experts"], ModelSpecification.Parse(applied.Model).Options["expert-hidden"]));
    }

    [Theory]
    [InlineData("lr", "name=low..high")]
    [InlineData("expert=2/4", "did you mean 'experts'")]
    [InlineData("learning-rate=1/2", "no 'learning-rate'")]
    [InlineData("experts=0/2", "experts=0 is not allowed")]
    [InlineData("experts=4..2", "low below high")]
    [InlineData("lr=0..1:log", "above 0")]
    [InlineData("activation=a..b", "not a number")]
    [InlineData("batch-size=0/4", "batch-size")]
    [InlineData("dropout=0..1.5", "dropout=1.5 is not allowed")]
    [InlineData("experts=", "name=low..high")]
    public void A_search_that_makes_no_sense_is_one_sentence(string search, string mention)
    {
        string message = Assert.Throws<RunException>(() => Execute(Settings() with { Search = [search] }, "bad")).Message;
        Assert.StartsWith("search: ", message, StringComparison.Ordinal);
        Assert.Contains(mention, message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_temporary.PathOf("bad")));
    }

    [Fact]
    public void Nothing_to_vary_and_nothing_to_score_by_are_refused()
    {
        Assert.Contains("nothing varies", Assert.Throws<RunException>(() => Execute(Settings() with { Search = [] }, "bad")).Message, StringComparison.Ordinal);
        Assert.Contains("given twice", Assert.Throws<RunException>(() => Execute(Settings() with { Search = ["experts=1/2", "model.experts=3/4"] }, "bad")).Message, StringComparison.Ordinal);
        Assert.Contains("validation rows", Assert.Throws<RunException>(() => Execute(Settings() with { Validation = 0 }, "bad")).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_temporary.PathOf("bad")));
    }

    [Fact]
    public void A_trial_that_cannot_be_trained_is_last_and_says_why()
    {
        // Only a rule that compares gradients can do so at the representation; a huge rate leaves the numbers.
        TuningResult result = Execute(Settings() with { Search = ["lr=0.01/1e30"], Optimizer = "sgd:lr=0.01" }, "out");
        Assert.NotNull(result.Trials[^1].Error);
        Assert.Equal(["1e30"], result.Trials[^1].Values);
    }

    private TuningSettings Settings()
    {
        RunSettings run = SmallTable.Settings(_data);
        return new TuningSettings { Data = run.Data, Targets = run.Targets, Drop = run.Drop, Model = run.Model, Optimizer = run.Optimizer, Epochs = 4, BatchSize = run.BatchSize, Baseline = BaselineChoice.None, Trials = 6, Search = ["lr=0.001..0.1:log", "experts=1/2/3"] };
    }

    private TuningResult Execute(TuningSettings settings, string folder)
        => HyperparameterSearch.Execute(settings, new TuningFolder(_temporary.PathOf(folder)), cancellation: Token).Result!;

    private string[] Lines(string folder) => [.. File.ReadAllLines(_temporary.PathOf(folder, "trials.jsonl")).Select(line => Clock().Replace(line, string.Empty))];

    [GeneratedRegex(",\"seconds\":[^,}]*")]
    private static partial Regex Clock();
}
