using Polymath.Learning.Balancing;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;
using Polymath.Tensors.Kernels;

namespace Polymath.Tests;

/// <summary>A step may keep the tasks' gradients in several forms; which one must not change what is trained.</summary>
[Collection(QuietCollection.Name)]
public sealed class GradientFormsTests
{
    [Theory]
    [InlineData("pcgrad")]
    [InlineData("cagrad")]
    [InlineData("mgda")]
    [InlineData("upgrad")]
    public void Streamed_inner_products_train_the_same_model_as_rows(string balancer)
    {
        float[] rows = Train(new Asking(Balancers.Create(balancer), BalancerNeeds.Gradients), new TrainerOptions(), out _), streamed = Train(balancer, new TrainerOptions { GradientMemory = 0 }, out StepMemory dropped);
        for (int i = 0; i < rows.Length; i++) Assert.Equal(rows[i], streamed[i], 1e-4f);
        Assert.Equal(0, dropped.AllocatedBytes);
    }

    [Theory]
    [InlineData("mgda")]
    [InlineData("upgrad")]
    public void Balancing_at_the_representation_gives_the_same_bits_at_any_thread_count_and_allocates_nothing(string balancer)
    {
        var options = new TrainerOptions { BalanceAt = BalanceLevel.Representation };
        int threads = Workers.Count;
        try
        {
            Workers.Configure(1);
            float[] one = Train(balancer, options, out StepMemory memory);
            Workers.Configure(3);
            Assert.Equal(one, Train(balancer, options, out _));
            Assert.Equal(0, memory.AllocatedBytes);
        }
        finally
        {
            Workers.Configure(threads);
        }
    }

    [Theory]
    [InlineData("ew")]
    [InlineData("cagrad")]
    public void The_smaller_batch_at_the_end_of_an_epoch_allocates_nothing(string balancer)
    {
        Train(balancer, new TrainerOptions(), out StepMemory memory);
        Assert.Equal(0, memory.AllocatedBytes);
    }

    [Fact]
    public void With_fixed_weights_the_representation_gives_the_gradient_of_the_rows()
    {
        float[] rows = Train(new FixedWeights(), new TrainerOptions(), out _), representation = Train(new FixedWeights(), new TrainerOptions { BalanceAt = BalanceLevel.Representation }, out _);
        for (int i = 0; i < rows.Length; i++) Assert.Equal(rows[i], representation[i], 1e-5f);
    }

    [Fact]
    public void A_balancer_may_ask_for_the_representation_itself()
        => Assert.Equal(
            Train(new MGDA(), new TrainerOptions { BalanceAt = BalanceLevel.Representation }, out _),
            Train(new Asking(new MGDA(), BalancerNeeds.RepresentationGradients), new TrainerOptions(), out _));

    [Fact]
    public void A_level_that_does_not_exist_is_refused()
        => Assert.Contains("BalanceAt", Assert.Throws<TrainingException>(() => new TrainerOptions { BalanceAt = (BalanceLevel)7 }.Validate()).Message, StringComparison.Ordinal);

    private static float[] Train(string balancer, TrainerOptions options, out StepMemory memory) => Train(Balancers.Create(balancer), options, out memory);

    private static float[] Train(Balancer balancer, TrainerOptions options, out StepMemory memory)
    {
        ToyModel model = new(ToyData.Tasks);
        FitResult result = new Trainer(model) { Optimizer = new Sgd(0.02), Balancer = balancer, Options = options with { Epochs = 6, BatchSize = 10, Seed = 5 } }.Run(ToyData.Make(65, missing: 0.2));
        memory = result.Memory!;
        return ToyModel.Values(model);
    }

    /// <summary>Reads the inner products and takes no notice.</summary>
    private sealed class FixedWeights : Balancer
    {
        public override string Name => "fixed";

        public override BalancerNeeds Needs => BalancerNeeds.Gramian;

        public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
        {
            for (int i = 0; i < weights.Length; i++) weights[i] = 0.5 + (0.25 * input.TaskOf(i));
            return default;
        }
    }

    /// <summary>A rule that asks for something else besides.</summary>
    private sealed class Asking(Balancer rule, BalancerNeeds more) : Balancer
    {
        public override string Name => rule.Name;

        public override BalancerNeeds Needs => rule.Needs | more;

        public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights) => rule.Weigh(input, weights);
    }
}
