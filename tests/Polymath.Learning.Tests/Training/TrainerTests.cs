using Polymath.Learning;
using Polymath.Learning.Balancing;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;

namespace Polymath.Tests;

public sealed class TrainerTests
{
    public static TheoryData<string> AllBalancers { get; } = [.. Balancers.All.Select(balancer => balancer.Name)];

    public static TheoryData<string> SingleTaskBalancers { get; } = [.. Balancers.All.Where(balancer => balancer.MinimumTasks == 1).Select(balancer => balancer.Name)];

    [Theory]
    [MemberData(nameof(AllBalancers))]
    public void Every_balancer_learns_three_tasks_with_missing_labels(string balancer)
    {
        var model = new ToyModel(ToyData.Tasks);
        FitResult result = new Trainer(model) { Balancer = Balancers.Create(balancer), Optimizer = new Adam(0.02), Options = new() { Epochs = 8, BatchSize = 32 } }.Run(ToyData.Make(256, missing: 0.3));
        Assert.True(result.Completed);
        Assert.Equal(7, result.BestEpoch);
        for (int k = 0; k < 3; k++) Assert.True(result.History[^1].TrainLoss[k] < result.History[0].TrainLoss[k], $"{ToyData.Tasks[k].Name}: {result.History[0].TrainLoss[k]} to {result.History[^1].TrainLoss[k]}");
        Assert.InRange(result.History[^1].ConflictRate, 0, 1);
        Assert.True(result.SharedParameters < model.ParameterCount);
    }

    [Theory]
    [MemberData(nameof(SingleTaskBalancers))]
    public void Every_balancer_learns_a_single_task(string balancer)
    {
        (TaskSet tasks, ArrayDataset data) = ToyData.Single(1, 128);
        FitResult result = new Trainer(new ToyModel(tasks)) { Balancer = Balancers.Create(balancer), Optimizer = new Adam(0.02), Options = new() { Epochs = 6, BatchSize = 32 } }.Run(data);
        Assert.True(result.History[^1].TrainLoss[0] < 0.7 * result.History[0].TrainLoss[0]);
        Assert.True(double.IsNaN(result.Conflicts.ConflictRate));
    }

    [Fact]
    public void The_best_epoch_is_restored_with_its_buffers_and_patience_ends_the_fit()
    {
        ArrayDataset train = ToyData.Make(40), validation = ToyData.Make(60, seed: 9);
        FitResult Fit(ToyModel model, int epochs) => new Trainer(model) { Optimizer = new Adam(0.3), Options = new() { Epochs = epochs, BatchSize = 8, Patience = 3 } }.Run(train, validation);

        var model = new ToyModel(ToyData.Tasks, batchNorm: true);
        FitResult result = Fit(model, 200);
        Assert.Equal(result.BestEpoch + 4, result.History.Count);
        Assert.Equal(result.History.Max(record => record.Score), result.History[result.BestEpoch].Score);
        Assert.Equal(result.History[result.BestEpoch].Score, Evaluation.MeanUtility(Evaluation.Score(model, validation)));
        Assert.False(model.Training);

        var shorter = new ToyModel(ToyData.Tasks, batchNorm: true);
        Assert.Equal(result.BestEpoch, Fit(shorter, result.BestEpoch + 1).BestEpoch);
        Assert.Equal(ToyModel.Values(shorter), ToyModel.Values(model));
    }

    [Fact]
    public void The_moving_average_is_scored_and_kept_while_training_goes_on_from_the_weights()
    {
        ArrayDataset train = ToyData.Make(64), validation = ToyData.Make(40, seed: 9);
        ToyModel plain = new(ToyData.Tasks), averaged = new(ToyData.Tasks);
        var options = new TrainerOptions { Epochs = 5, BatchSize = 16, Patience = 0 };
        FitResult without = new Trainer(plain) { Optimizer = new Adam(0.02), Options = options }.Run(train);
        FitResult with = new Trainer(averaged) { Optimizer = new Adam(0.02), Options = options with { AverageDecay = 0.5 } }.Run(train);

        // The same losses step by step, because the steps start from the same weights; other weights in the end.
        Assert.Equal(without.History.SelectMany(record => record.TrainLoss), with.History.SelectMany(record => record.TrainLoss));
        Assert.NotEqual(ToyModel.Values(plain), ToyModel.Values(averaged));

        var scored = new ToyModel(ToyData.Tasks);
        FitResult chosen = new Trainer(scored) { Optimizer = new Adam(0.02), Options = options with { AverageDecay = 0.5 } }.Run(train, validation);
        Assert.Equal(chosen.History[chosen.BestEpoch].Score, Evaluation.MeanUtility(Evaluation.Score(scored, validation)));
    }

    [Fact]
    public void A_validation_set_without_labels_neither_stops_the_fit_nor_brings_back_the_first_epoch()
    {
        ArrayDataset train = ToyData.Make(40), unlabelled = ToyData.Make(10, missing: 2);
        ToyModel with = new(ToyData.Tasks), without = new(ToyData.Tasks);
        var options = new TrainerOptions { Epochs = 9, BatchSize = 8, Patience = 2 };
        FitResult result = new Trainer(with) { Options = options }.Run(train, unlabelled);
        Assert.Equal(9, result.History.Count);
        Assert.Equal(8, result.BestEpoch);
        new Trainer(without) { Options = options }.Run(train);
        Assert.Equal(ToyModel.Values(without), ToyModel.Values(with));
        Assert.Equal(9, new Trainer(with) { Options = options }.Run(train, unlabelled.Subset([])).History.Count);
    }

    [Fact]
    public void A_task_without_labels_in_a_batch_has_no_row_and_a_batch_without_any_is_counted_but_not_stepped()
    {
        float[] labels = [.. Enumerable.Repeat(float.NaN, 8 * 3)];
        (labels[0], labels[4], labels[8]) = (1f, 0.5f, 2f);
        var data = new ArrayDataset(new float[8 * ToyData.Features], ToyData.Features, [], 0, labels, 3);
        var balancer = new RecordingBalancer();
        var trainer = new Trainer(new ToyModel(ToyData.Tasks)) { Balancer = balancer, Options = new() { Epochs = 1, BatchSize = 1 } };
        FitResult result = trainer.Run(data);
        Assert.Equal(8, result.History[0].Steps);
        Assert.Equal(3, trainer.Optimizer.Steps);
        Assert.Equal(3, balancer.Present.Count);
        Assert.All(balancer.Present, present => Assert.Single(present));
        Assert.Equal([0, 1, 2], balancer.Present.Select(present => present[0]).Order());
        Assert.All(result.History[0].TrainLoss, loss => Assert.True(double.IsFinite(loss)));
    }

    [Fact]
    public void A_task_without_training_labels_is_named_before_anything_is_trained()
    {
        float[] labels = [.. Enumerable.Range(0, 30).Select(i => i % 3 == 1 ? float.NaN : i % 2)];
        var model = new ToyModel(ToyData.Tasks);
        float[] before = ToyModel.Values(model);
        var trainer = new Trainer(model);
        string message = Assert.Throws<TrainingException>(() => trainer.Run(new ArrayDataset(new float[40], 4, [], 0, labels, 3))).Message;
        Assert.Contains("task 'spend' has no label in the 10 training rows", message, StringComparison.Ordinal);
        Assert.Equal(before, ToyModel.Values(model));
    }

    [Fact]
    public void A_loss_that_is_not_finite_names_task_and_step()
    {
        float[] labels = [.. Enumerable.Range(0, 12).Select(i => i % 3 == 1 ? 1e30f : 0f)];
        var data = new ArrayDataset(new float[16], 4, [], 0, labels, 3);
        string message = Assert.Throws<TrainingException>(() => new Trainer(new ToyModel(ToyData.Tasks)).Run(data)).Message;
        Assert.Contains("task 'spend'", message, StringComparison.Ordinal);
        Assert.Contains("step 0", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ew")]
    [InlineData("cagrad")]
    public void A_gradient_that_is_not_finite_is_reported_at_its_step(string balancer)
    {
        // Squares of 1e18 are finite; times hidden values of 4e20 they are not.
        float[] labels = [.. Enumerable.Range(0, 12).Select(i => i % 3 == 1 ? 1e18f : 0f)];
        var data = new ArrayDataset([.. Enumerable.Repeat(1e30f, 16)], 4, [], 0, labels, 3);
        var model = new ToyModel(ToyData.Tasks);
        foreach ((_, Parameter parameter) in model.NamedParameters()) parameter.Value.Span.Fill(1e-10f);
        var trainer = new Trainer(model) { Balancer = Balancers.Create(balancer) };
        Assert.Contains("step 0", Assert.Throws<TrainingException>(() => trainer.Run(data)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Uncertainty_weights_move_with_the_optimiser_and_a_second_fit_starts_over()
    {
        var balancer = new UncertaintyWeighting();
        ToyModel first = new(ToyData.Tasks), second = new(ToyData.Tasks);
        ArrayDataset data = ToyData.Make(64);
        var options = new TrainerOptions { Epochs = 2, BatchSize = 16 };
        new Trainer(first) { Balancer = balancer, Options = options }.Run(data);
        float[] learned = [.. balancer.Learnable];
        Assert.All(learned, value => Assert.NotEqual(-0.5f, value));
        new Trainer(second) { Balancer = balancer, Options = options }.Run(data);
        Assert.Equal(learned, balancer.Learnable);
        Assert.Equal(ToyModel.Values(first), ToyModel.Values(second));
    }

    [Fact]
    public void Clipping_bounds_the_length_of_a_step()
    {
        var model = new ToyModel(ToyData.Tasks);
        float[] before = ToyModel.Values(model);
        new Trainer(model) { Optimizer = new Sgd(1.0), Options = new() { Epochs = 1, BatchSize = 100, ClipNorm = 1e-3 } }.Run(ToyData.Make(50));
        double length = Math.Sqrt(ToyModel.Values(model).Zip(before, (a, b) => Math.Pow(a - b, 2)).Sum());
        Assert.Equal(1e-3, length, 1e-6);
    }

    [Theory]
    [InlineData("cosine:warmup=3")]
    [InlineData("one_cycle")]
    [InlineData("step:every=0.25")]
    public void The_learning_rate_follows_its_schedule(string specification)
    {
        LearningRateSchedule schedule = Schedules.Create(specification);
        FitResult result = new Trainer(new ToyModel(ToyData.Tasks)) { Schedule = schedule, Options = new() { Epochs = 4, BatchSize = 8 } }.Run(ToyData.Make(40));
        Assert.Equal([.. Enumerable.Range(1, 4).Select(epoch => 1e-3 * schedule.Factor((epoch * 5) - 1, 20))], result.History.Select(record => record.LearningRate));
    }

    [Theory]
    [InlineData(9, 4, new[] { 4, 5 })]
    [InlineData(10, 4, new[] { 4, 4, 2 })]
    [InlineData(8, 4, new[] { 4, 4 })]
    [InlineData(3, 100, new[] { 3 })]
    [InlineData(1, 4, new[] { 1 })]
    [InlineData(5, 4, new[] { 5 })]
    public void A_single_leftover_row_joins_the_batch_before_it(int rows, int batchSize, int[] expected)
    {
        var sizes = new List<int>();
        var data = new WatchedDataset(ToyData.Make(rows), (_, size) => sizes.Add(size));
        new Trainer(new ToyModel(ToyData.Tasks)) { Options = new() { Epochs = 1, BatchSize = batchSize } }.Run(data);
        Assert.Equal(expected, sizes);
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(8, 1)]
    public void Batches_of_one_row_are_refused_with_batch_norm(int rows, int batchSize)
    {
        var trainer = new Trainer(new ToyModel(ToyData.Tasks, batchNorm: true)) { Options = new() { BatchSize = batchSize } };
        Assert.Contains("batch normalisation", Assert.Throws<TrainingException>(() => trainer.Run(ToyData.Make(rows))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_epoch_visits_every_row_once_in_its_own_order()
    {
        var order = new BatchOrder(10, new() { BatchSize = 3 }, new Polymath.Tensors.RandomStream(1));
        var epochs = new List<int[]>();
        for (int epoch = 0; epoch < 3; epoch++)
        {
            order.Begin(epoch);
            epochs.Add([.. Enumerable.Range(0, order.Steps).SelectMany(step => order[step].ToArray())]);
            Assert.Equal(Enumerable.Range(0, 10), epochs[^1].Order());
        }

        Assert.Equal(3, epochs.Select(rows => string.Join(',', rows)).Distinct().Count());
    }

    [Theory]
    [InlineData(11, 3, 3, 9)]
    [InlineData(10, 3, 3, 9)]
    [InlineData(9, 3, 3, 9)]
    [InlineData(2, 3, 1, 2)]
    public void Rows_that_do_not_fill_a_batch_are_left_out_on_request_and_others_every_time(int rows, int batchSize, int steps, int seen)
    {
        var options = new TrainerOptions { BatchSize = batchSize, DropLast = true, Epochs = 40, Patience = 0 };
        var order = new BatchOrder(rows, options, new Polymath.Tensors.RandomStream(1));
        Assert.Equal(steps, order.Steps);
        var ever = new HashSet<int>();
        for (int epoch = 0; epoch < options.Epochs; epoch++)
        {
            order.Begin(epoch);
            int[] visited = [.. Enumerable.Range(0, order.Steps).SelectMany(step => order[step].ToArray())];
            Assert.Equal(seen, visited.Distinct().Count());
            Assert.Equal(seen, visited.Length);
            ever.UnionWith(visited);
        }

        Assert.Equal(rows, ever.Count);
        int told = 0;
        new Trainer(new ToyModel(ToyData.Tasks)) { Options = options with { Epochs = 1 } }.Fit(ToyData.Make(rows), progress: progress => told = progress.Steps, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(steps, told);
    }

    [Fact]
    public void Data_and_model_must_agree_about_the_tasks_and_options_about_their_ranges()
    {
        var trainer = new Trainer(new ToyModel(new TaskSet(ToyData.Tasks[0])));
        Assert.Contains("labels of 3 tasks, the model has 1", Assert.Throws<TrainingException>(() => trainer.Run(ToyData.Make(4))).Message, StringComparison.Ordinal);
        Assert.Contains("no training rows", Assert.Throws<TrainingException>(() => new Trainer(new ToyModel(ToyData.Tasks)).Run(ToyData.Make(0))).Message, StringComparison.Ordinal);
        foreach (TrainerOptions options in (TrainerOptions[])[new() { Epochs = 0 }, new() { BatchSize = 0 }, new() { Patience = -1 }, new() { ClipNorm = double.NaN }, new() { ConflictSamples = -1 }, new() { CheckpointSeconds = -1 }])
        {
            Assert.Contains("expected", Assert.Throws<TrainingException>(() => new Trainer(new ToyModel(ToyData.Tasks)) { Options = options }.Run(ToyData.Make(4))).Message, StringComparison.Ordinal);
        }
    }
}
