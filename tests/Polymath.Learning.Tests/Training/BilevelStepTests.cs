using Polymath.Learning.Balancing;
using Polymath.Learning.Losses;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;
using Polymath.Tensors;

namespace Polymath.Tests;

public sealed class BilevelStepTests
{
    private const int BatchSize = 10, Rows = 43;

    [Fact]
    public void Parameters_and_statistics_are_as_before_a_rule_that_wandered_off()
    {
        var model = new ToyModel(ToyData.Tasks, batchNorm: true, dropout: 0.3f);
        var wanderer = new Wanderer((problem, losses, gradient) =>
        {
            problem.Differentiate(BilevelBatch.Inner, [1, 1, 1], losses, gradient);
            problem.Parameters.Fill(3);
            problem.DifferentiateTasks(BilevelBatch.Outer, losses);
            problem.Evaluate(BilevelBatch.Inner, losses);
        });
        Run(model, wanderer, step =>
        {
            float[] before = ToyModel.Values(model);
            step();

            // The look at the step's own rows, for the record, is the one that counts.
            var plain = new ToyModel(ToyData.Tasks, batchNorm: true, dropout: 0.3f);
            Run(plain, new Wanderer((problem, losses, gradient) => problem.Differentiate(BilevelBatch.Step, [1, 1, 1], losses, gradient)), one => one());
            Assert.Equal(ToyModel.Values(plain), ToyModel.Values(model));
            Assert.Equal(before[..model.NamedParameters().Sum(entry => entry.Value.Shape.Length)], ToyModel.Values(model)[..model.NamedParameters().Sum(entry => entry.Value.Shape.Length)]);
        });
    }

    [Fact]
    public void Parameters_are_put_back_when_the_rule_fails()
    {
        var model = new ToyModel(ToyData.Tasks, batchNorm: true);
        var failing = new Wanderer((problem, _, _) =>
        {
            problem.Parameters.Fill(float.NaN);
            throw new BalancerException("failing: no", 1);
        });
        Run(model, failing, step =>
        {
            float[] before = ToyModel.Values(model);
            Assert.Contains("task 'spend'", Assert.Throws<TrainingException>(step).Message, StringComparison.Ordinal);
            Assert.Equal(before, ToyModel.Values(model));
            Assert.False(model.StatisticsFrozen);
        });
    }

    [Fact]
    public void Looks_at_the_same_rows_and_parameters_are_equal_and_the_task_rows_sum_to_the_weighted_gradient()
    {
        var model = new ToyModel(ToyData.Tasks, batchNorm: true, dropout: 0.3f);
        var looking = new Wanderer((problem, losses, gradient) =>
        {
            float[] again = new float[losses.Length], sum = new float[gradient.Length];
            foreach (BilevelBatch batch in (BilevelBatch[])[BilevelBatch.Inner, BilevelBatch.Outer])
            {
                problem.Differentiate(batch, [1, 0.5, 2], losses, gradient);
                problem.Evaluate(batch, again);
                Assert.Equal(losses.ToArray(), again);
                problem.DifferentiateTasks(batch, again).Combine([1, 0.5, 2], sum);
                Assert.Equal(losses.ToArray(), again);
                for (int p = 0; p < sum.Length; p++) Assert.Equal(gradient[p], sum[p], 1e-5f);
            }
        });
        Run(model, looking, step => step());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    public void Small_batches_still_have_inner_and_outer_rows(int batchSize)
    {
        var model = new ToyModel(ToyData.Tasks, batchNorm: batchSize > 1);
        foreach (string rule in (string[])["autolambda", "moml", "forum"])
        {
            FitResult result = new Trainer(model) { Balancer = Balancers.Create(rule), Options = new() { Epochs = 1, BatchSize = batchSize } }.Run(ToyData.Make(15));
            Assert.True(double.IsFinite(result.History[0].TrainLoss[0]));
        }
    }

    [Theory]
    [InlineData("autolambda")]
    [InlineData("moml")]
    [InlineData("forum")]
    public void A_loss_that_is_not_finite_stops_the_fit_and_names_its_task(string rule)
    {
        ArrayDataset data = ToyData.Make(40);
        float[] labels = [.. Enumerable.Range(0, 40).SelectMany(row => Enumerable.Range(0, 3).Select(task => task == 1 ? 3e38f : data.Label(row, task)))];
        var broken = new ArrayDataset(new float[40 * ToyData.Features], ToyData.Features, [], 0, labels, 3);
        TrainingException error = Assert.Throws<TrainingException>(() => new Trainer(new ToyModel(ToyData.Tasks)) { Balancer = Balancers.Create(rule), Optimizer = new Sgd(0.01), Options = new() { Epochs = 1, BatchSize = 8 } }.Run(broken));
        Assert.Contains("'spend'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AutoLambda_looks_ahead_with_the_scheduled_learning_rate()
    {
        double seen = 0;
        var watching = new Wanderer((problem, _, _) => seen = problem.LearningRate);
        new Trainer(new ToyModel(ToyData.Tasks)) { Balancer = watching, Optimizer = new Sgd(0.25), Options = new() { Epochs = 1, BatchSize = 8 } }.Run(ToyData.Make(16));
        Assert.Equal(0.25, seen);
    }

    private static void Run(ToyModel model, Balancer balancer, Action<Action> test)
    {
        ArrayDataset data = ToyData.Make(Rows);
        model.SetRandom(new RandomStream(2));
        HashSet<string> shared;
        model.Evaluate();
        using (new Tape()) shared = TrainingStep.FindShared(model, data.Gather([0, 1]));
        model.Train();
        balancer.Prepare(model.Tasks.Count);
        var block = new ParameterBlock(model, shared, 0);
        using var step = TrainingStep.For(new Trainer(model) { Balancer = balancer }, block, [.. model.Tasks.Select(LossFunctions.For)]);
        var order = new BatchOrder(Rows, new() { BatchSize = BatchSize }, new RandomStream(3));
        order.Begin(0);
        test(() => step.Run(new StepContext { Data = data, Order = order, Index = 2, Epoch = 0, Step = 7, LearningRate = 1e-3, Random = new RandomStream(5), Conflicts = default }));
    }

    private delegate void Wandering(IBilevelProblem problem, Span<float> losses, Span<float> gradient);

    /// <summary>Does what it is told with the problem, and leaves a zero gradient.</summary>
    private sealed class Wanderer(Wandering act) : Balancer
    {
        public override string Name => "wanderer";

        public override BalancerNeeds Needs => BalancerNeeds.Bilevel;

        public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights) => throw new BalancerException("wanderer: no");

        public override BalanceStatus Combine(in BalanceInput input, IBilevelProblem problem, Span<float> combined, Span<double> weights)
        {
            act(problem, new float[input.Tasks], combined);
            combined.Clear();
            weights.Fill(1.0 / weights.Length);
            return BalanceStatus.Converged;
        }
    }
}
