using Polymath.Learning;
using Polymath.Learning.Balancing;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Tables whose rows are trained only where a step touches them.</summary>
public sealed class SparseTableTests : IDisposable
{
    private const int Rows = 240, Ids = 50;

    private readonly TemporaryFolder _temporary = new();

    public static TheoryData<string> Models { get; } = ["mmoe", "single-task", "stem", "ple", "shared-bottom"];

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [MemberData(nameof(Models))]
    public void Plain_descent_moves_a_sparse_table_to_the_same_bits_as_a_whole_one(string name)
        => Assert.Equal(Trained(name, 0, new Sgd(0.05)), Trained(name, 1, new Sgd(0.05)));

    [Theory]
    [InlineData("ew")]
    [InlineData("pcgrad")]
    [InlineData("cagrad")]
    [InlineData("modo")]
    [InlineData("famo")]
    public void Balancers_see_the_same_gradients_as_with_a_whole_table(string balancer)
    {
        // Other tensors are padded, so sums over all parameters may be taken in another order.
        float[] whole = Trained("mmoe", 0, new Sgd(0.05), balancer), sparse = Trained("mmoe", 1, new Sgd(0.05), balancer);
        for (int i = 0; i < whole.Length; i++) Assert.Equal(whole[i], sparse[i], 2e-4f);
    }

    [Fact]
    public void A_row_that_every_step_touches_moves_under_adam_as_in_a_whole_table()
    {
        // One id only, so that both tables see the same gradients for it.
        ArrayDataset data = Data(ids: 1);
        float[] whole = Table(0), sparse = Table(1);
        Assert.Equal(whole[..4], sparse[..4]);

        float[] Table(int sparseFrom)
        {
            TabularModel model = Model("shared-bottom", sparseFrom);
            Fit(model, data, new Adam(0.01, weightDecay: 0.01));
            return Weights(model, "embedding.fields.0.weight");
        }
    }

    [Fact]
    public void Rows_that_no_step_touches_stay_as_they_are_whatever_the_weight_decay()
    {
        TabularModel model = Model("mmoe", 1);
        float[] before = Weights(model, "embedding.fields.0.weight");
        Fit(model, Data(ids: 10), new Adam(0.01, weightDecay: 0.1));
        float[] after = Weights(model, "embedding.fields.0.weight");
        Assert.Equal(before[40..], after[40..]);
        for (int row = 0; row < 10; row++) Assert.NotEqual(before[(4 * row)..(4 * (row + 1))], after[(4 * row)..(4 * (row + 1))]);
        Assert.Equal(10, Window(model).Touched);
    }

    [Theory]
    [InlineData("adam")]
    [InlineData("adagrad")]
    public void A_cancelled_fit_continues_to_the_same_bits(string optimizer)
    {
        ArrayDataset data = Data(), validation = Data(seed: 9);
        TabularModel straight = Model("mmoe", 1), resumed = Model("mmoe", 1), again = Model("mmoe", 1);
        string path = _temporary.PathOf("fit.safetensors");
        Run(straight, null, 0);
        Assert.False(Run(resumed, path, 17).Completed);
        Assert.True(Run(again, path, 0).Completed);
        Assert.Equal(All(straight), All(again));

        FitResult Run(TabularModel model, string? checkpoint, int stopAfter)
        {
            using var stop = new CancellationTokenSource();
            int steps = 0;
            return new Trainer(model)
            {
                Optimizer = Optimizers.Create($"{optimizer}:lr=0.02"),
                CheckpointPath = checkpoint,
                Options = new() { Epochs = 4, BatchSize = 32, Patience = 0 },
                OnStep = (in StepRecord _) =>
                {
                    if (++steps == stopAfter) stop.Cancel();
                },
            }.Fit(data, validation, cancellation: stop.Token);
        }
    }

    [Fact]
    public void The_best_epoch_comes_back_with_rows_first_touched_later_as_they_were()
    {
        // A rate so high that the first epoch is the best one; ids of later epochs are the same, so every row must come back to that epoch.
        ArrayDataset data = Data(), validation = Data(seed: 9);
        float[] best = Weights(1), all = Weights(3);
        Assert.Equal(best, all);

        float[] Weights(int epochs)
        {
            TabularModel model = Model("shared-bottom", 1);
            FitResult fit = new Trainer(model) { Optimizer = new Sgd(30), Options = new() { Epochs = epochs, BatchSize = 240, Patience = 0 } }.Fit(data, validation, cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(0, fit.BestEpoch);
            return All(model);
        }
    }

    [Fact]
    public void A_model_answers_from_its_whole_table_after_a_step_that_went_astray()
    {
        TabularModel model = Model("shared-bottom", 1);
        ArrayDataset data = Data();
        float[] before = Evaluation.Predict(model, data)[0];
        Assert.ThrowsAny<Exception>(() => new Trainer(model) { Options = new() { Epochs = 1, BatchSize = 32 } }.Fit(data.WithLabels([.. Enumerable.Repeat(float.PositiveInfinity, 2 * Rows)]), cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(before, Evaluation.Predict(model, data)[0]);
    }

    [Fact]
    public void What_needs_all_parameters_in_every_step_is_refused()
    {
        ArrayDataset data = Data();
        Refused(new Trainer(Model("mmoe", 1)) { Options = new() { AverageDecay = 0.9 } }, "an average of the weights");
        Refused(new Trainer(Model("mmoe", 1)) { Balancer = Balancers.Create("moco") }, "balancer 'moco'");
        new Trainer(Model("mmoe", 0)) { Balancer = Balancers.Create("moco") }.Validate(data);

        void Refused(Trainer trainer, string part) => Assert.Contains(part, Assert.Throws<TrainingException>(() => trainer.Validate(data)).Message, StringComparison.Ordinal);
    }

    private static ArrayDataset Data(int ids = Ids, ulong seed = 2)
    {
        var random = new RandomStream(seed);
        float[] labels = new float[2 * Rows], numbers = new float[Rows];
        int[] categories = new int[Rows];
        random.FillNormal(numbers);
        for (int row = 0; row < Rows; row++)
        {
            categories[row] = random.NextInt32(ids);
            labels[2 * row] = (categories[row] % 3) - 1 + numbers[row];
            labels[(2 * row) + 1] = (categories[row] % 5) - 2;
        }

        return new ArrayDataset(numbers, 1, categories, 1, labels, 2);
    }

    private static TabularModel Model(string name, int sparseFrom)
    {
        Dictionary<string, string> options = TinyProblem.Options(name);
        options["embedding-width"] = "4";
        options["sparse-from"] = sparseFrom.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return TabularModels.Create(name, new FeatureSchema(["x"], [new CategoricalFeature("item", Ids)]), new TaskSet(Target.Regression("a"), Target.Regression("b")), options, seed: 6);
    }

    private static float[] Trained(string name, int sparseFrom, Optimizer optimizer, string balancer = "ew")
    {
        TabularModel model = Model(name, sparseFrom);
        Fit(model, Data(), optimizer, balancer);
        return All(model);
    }

    private static void Fit(TabularModel model, ArrayDataset data, Optimizer optimizer, string balancer = "ew")
        => new Trainer(model) { Optimizer = optimizer, Balancer = Balancers.Create(balancer), Options = new() { Epochs = 2, BatchSize = 32 } }.Fit(data, cancellation: TestContext.Current.CancellationToken);

    private static float[] All(TabularModel model) => [.. model.NamedParameters().SelectMany(entry => entry.Value.Value.ToArray())];

    private static float[] Weights(TabularModel model, string name) => GoldenModel.State(model)[name].ToArray();

    private static RowWindow Window(TabularModel model) => model.NamedParameters().Select(entry => entry.Value.Window).OfType<RowWindow>().First();
}
