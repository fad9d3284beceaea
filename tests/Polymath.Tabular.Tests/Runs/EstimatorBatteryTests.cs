using System.Collections.Concurrent;
using Polymath.Data;
using Polymath.Data.Runs;
using Polymath.Learning;
using Polymath.Learning.Balancing;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;
using Polymath.Tabular;
using Polymath.Tabular.Runs;

namespace Polymath.Tests;

/// <summary>Fit, predict, save, load and clone, the same for every registered model.</summary>
public sealed class EstimatorBatteryTests : IDisposable
{
    private static readonly ConcurrentDictionary<string, Lazy<TabularFit>> s_fits = new();
    private static readonly Lazy<Table> s_table = new(() =>
    {
        using var temporary = new TemporaryFolder();
        return Table.ReadCsv(temporary.Write("small.csv", SmallTable.Csv(200)), cancellation: TestContext.Current.CancellationToken);
    });

    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [MemberData(nameof(ModelBatteryTests.Models), MemberType = typeof(ModelBatteryTests))]
    public void Fitting_lowers_the_losses_and_scores_every_task(string name)
    {
        TabularFit fit = FitOf(name);
        for (int k = 0; k < 3; k++) Assert.True(fit.Result.History[^1].TrainLoss[k] < fit.Result.History[0].TrainLoss[k]);
        Assert.Equal(fit.Data.Tasks.Select(task => task.Name), fit.Test.Select(score => score.Task));
        Assert.All(fit.Test, score => Assert.True(score.Observed > 0 && double.IsFinite(score.Value)));
        Assert.Equal(name is "single-task" or "ft-transformer" or "saint" or "tab-transformer" ? 0 : 1, Math.Sign(fit.Conflicts.Pairs));
        Assert.Equal(fit.Model is IExpertModel, fit.Report.Experts is not null);
        Assert.All(fit.Model.Notes, note => Assert.Contains(note, fit.Report.Notes));
        Assert.DoesNotContain("fixed", fit.Data.Schema.NumericNames);
        Assert.Contains($"{fit.Data.Tasks[0].Name}: auc", fit.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(ModelBatteryTests.Models), MemberType = typeof(ModelBatteryTests))]
    public void A_saved_fit_predicts_the_same_bits_when_loaded_and_when_its_weights_are_cloned(string name)
    {
        TabularFit fit = FitOf(name);
        fit.Save(_temporary.PathOf("run"));
        var trained = TrainedRun.Load(_temporary.PathOf("run"));
        float[][] expected = Evaluation.Predict(fit.Model, fit.Data.Test!);
        Assert.Equal(expected, Evaluation.Predict(trained.Model, fit.Data.Test!));
        Assert.Throws<RunException>(() => fit.Save(_temporary.PathOf("run")));
        fit.Save(_temporary.PathOf("run"), overwrite: true);

        TabularModel clone = TabularModels.Create(fit.Model.Name, fit.Data.Schema, fit.Data.Tasks, fit.Model.OptionValues, seed: 77);
        Assert.NotEqual(expected, Evaluation.Predict(clone, fit.Data.Test!));
        foreach (((_, Parameter to), (_, Parameter from)) in clone.NamedParameters().Zip(fit.Model.NamedParameters())) from.Value.Span.CopyTo(to.Value.Span);
        foreach (((_, Tensors.Tensor to), (_, Tensors.Tensor from)) in clone.NamedBuffers().Zip(fit.Model.NamedBuffers())) from.Span.CopyTo(to.Span);
        Assert.Equal(expected, Evaluation.Predict(clone, fit.Data.Test!));
    }

    [Theory]
    [MemberData(nameof(ModelBatteryTests.Models), MemberType = typeof(ModelBatteryTests))]
    public void Raw_rows_are_predicted_whatever_their_order_columns_holes_and_categories(string name)
    {
        TabularFit fit = FitOf(name);
        fit.Save(_temporary.PathOf("run"));
        var trained = TrainedRun.Load(_temporary.PathOf("run"));
        const string Header = "extra,city,group,age,hours,fixed\n";
        string[] rows = ["x,city1,g0,30,20,1", "x,Atlantis,g9,50,,2", "x,,,,,", "x,city0,g1,1e6,-5,1", "x,city2,g2,25.5,39,1"];
        float[][] straight = Predict(rows), reversed = Predict([.. rows.Reverse()]);
        for (int k = 0; k < 3; k++)
        {
            int width = straight[k].Length / rows.Length;
            Assert.All(straight[k], value => Assert.True(float.IsFinite(value)));
            for (int row = 0; row < rows.Length; row++)
            {
                if (fit.Model.RowsInteract) continue;
                float[] alone = Predict([rows[row]])[k];
                for (int c = 0; c < width; c++)
                {
                    float value = straight[k][(row * width) + c], tolerance = 1e-5f * Math.Max(1f, Math.Abs(value));
                    Assert.Equal(value, reversed[k][((rows.Length - 1 - row) * width) + c], tolerance);
                    Assert.Equal(value, alone[c], tolerance);
                }
            }
        }

        float[][] Predict(string[] lines) => trained.Predict(_temporary.Write("new.csv", Header + string.Join('\n', lines) + "\n"), cancellation: TestContext.Current.CancellationToken).Single().Predictions;
    }

    [Theory]
    [MemberData(nameof(ModelBatteryTests.Models), MemberType = typeof(ModelBatteryTests))]
    public void Fitting_and_predicting_leave_the_data_as_it_was(string name)
    {
        TabularData data = Encode(name);
        ulong train = data.Train.Fingerprint(), validation = data.Validation!.Fingerprint(), test = data.Test!.Fingerprint();
        new Trainer(TabularModels.Create(name, data, data.Tasks, TinyProblem.Options(name, batchNorm: true))) { Options = new() { Epochs = 1, BatchSize = 64 } }.Fit(data, BaselineChoice.SingleTask, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((train, validation, test), (data.Train.Fingerprint(), data.Validation.Fingerprint(), data.Test.Fingerprint()));
    }

    [Fact]
    public void A_model_made_for_other_tasks_or_columns_is_refused()
    {
        TabularData data = Encode();
        var raw = new TaskSet(data.Tasks.Select(task => task with { Mean = 0, Deviation = 1 }));
        Refused(new SharedBottom(data, raw), "make the model with data.Tasks");
        Refused(new SharedBottom(data, new TaskSet(data.Tasks[0])), "has 1 tasks, the data 3");
        Refused(new SharedBottom(FeatureSchema.Numeric(3), data.Tasks), "other columns");

        void Refused(TabularModel model, string part) => Assert.Contains(part, Assert.Throws<ModelException>(() => new Trainer(model).Fit(data, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_saved_of_a_fit_names_every_option_it_was_trained_with()
    {
        TabularData data = Encode();
        var options = new TrainerOptions { Epochs = 3, BatchSize = 48, DropLast = true, Patience = 2, ClipNorm = 1.5, AverageDecay = 0.5, Seed = 9, BalanceAt = BalanceLevel.Representation, GradientMemory = 3L << 19 };
        using var temporary = new TemporaryFolder();
        new Trainer(new SharedBottom(data, data.Tasks, new SharedBottomOptions { BottomHidden = [8], TowerHidden = [4] })) { Balancer = new CAGrad(c: 0.5), Options = options }
            .Fit(data, BaselineChoice.None, cancellation: TestContext.Current.CancellationToken).Save(temporary.PathOf("run"));
        RunSettings saved = TrainedRun.Load(temporary.PathOf("run")).Settings;
        Assert.Equal(
            (options.Epochs, options.BatchSize, options.DropLast, options.Patience, options.ClipNorm, options.AverageDecay, (int)options.Seed, options.BalanceAt, 1.5),
            (saved.Epochs, saved.BatchSize, saved.DropLast, saved.Patience, saved.Clip, saved.Average, saved.Seed, saved.BalanceAt, saved.GradientMemory));
    }

    [Fact]
    public void Losses_and_metrics_declared_with_a_task_are_kept_and_gains_are_measured()
    {
        var tasks = new TaskSet(Target.Regression("pay", "wage") with { Metric = "mae" }, Target.Binary("old", "age>=40"));
        TabularData data = s_table.Value.Encode(tasks);
        Assert.NotEqual(1f, data.Tasks[0].Deviation);
        TabularFit fit = new Trainer(new SharedBottom(data, data.Tasks, new SharedBottomOptions { BottomHidden = [8], TowerHidden = [4] })) { Options = new() { Epochs = 2, BatchSize = 64 } }.Fit(data, BaselineChoice.SingleTask, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(["mae", "auc"], fit.Test.Select(score => score.Primary));
        Assert.All(fit.Report.Tasks, task => Assert.NotNull(task.GainPercent));
        Assert.NotNull(fit.Gain);
        Assert.Throws<OperationCanceledException>(() => new Trainer(fit.Model).Fit(data, cancellation: new CancellationToken(canceled: true)));
    }

    private static TabularData Encode(string model)
        => TabularModels.Find(model).TakesFunnel ? s_table.Value.Encode(Funnel, options: new EncoderOptions { Drop = ["income", "kind", "visits", "noise"] }) : Encode();

    private static TaskSet Funnel => new(Target.Binary("some", "wage>=100"), Target.Binary("more", "wage>=250"), Target.Binary("most", "wage>=400"));

    private static TabularData Encode()
        => s_table.Value.Encode(new TaskSet(Target.Binary("income"), Target.Regression("wage"), Target.MultiClass("kind")), options: new EncoderOptions { Drop = ["visits", "noise"] });

    private static TabularFit FitOf(string name) => s_fits.GetOrAdd(name, static key => new Lazy<TabularFit>(() =>
    {
        TabularData data = Encode(key);
        TabularModel model = TabularModels.Create(key, data, data.Tasks, TinyProblem.Options(key, batchNorm: true), seed: 2);
        return new Trainer(model) { Optimizer = new AdamW(0.02), Options = new() { Epochs = 5, BatchSize = 32, Patience = 0 } }.Fit(data, BaselineChoice.None, cancellation: TestContext.Current.CancellationToken);
    })).Value;
}
