using Polymath.Learning.Balancing;
using Polymath.Tensors;

namespace Polymath.Tests.Balancing;

/// <summary>State, parameters and refusals of the rules that read losses or inner products.</summary>
public sealed class GramianRuleContractTests
{
    [Theory]
    [InlineData("gls", typeof(GLS))]
    [InlineData("rlw", typeof(RandomLossWeighting))]
    [InlineData("imtl-l:init=0.5", typeof(IMTLLoss))]
    [InlineData("imtl:loss_part=false", typeof(IMTL))]
    [InlineData("nash:update_weights_every=5,max_norm=0", typeof(NashMTL))]
    [InlineData("aligned:scale_mode=rmse,form=torchjd,pref=1/2", typeof(AlignedMTL))]
    [InlineData("fairgrad:alpha=2", typeof(FairGrad))]
    [InlineData("dualproj:pref=0.2/0.8,relative=true", typeof(DualProj))]
    [InlineData("config:pref=1/2", typeof(ConFIG))]
    [InlineData("krum:n_byzantine=1,n_selected=2", typeof(Krum))]
    [InlineData("gradnorm:alpha=0.5,form=paper,lr=0.01", typeof(GradNorm))]
    [InlineData("mean", typeof(MeanWeighting))]
    [InlineData("sum", typeof(SumWeighting))]
    [InlineData("constant:weights=-1/0.5", typeof(ConstantWeighting))]
    [InlineData("random", typeof(RandomWeighting))]
    public void Specifications_survive_a_round_trip(string specification, Type type)
    {
        Balancer balancer = Balancers.Create(specification);
        Assert.IsType(type, balancer);
        Assert.Equal(specification, balancer.Specification);
    }

    [Theory]
    [InlineData("nash:update_weights_every=0", "whole numbers in [1, 1000000]")]
    [InlineData("nash:max_norm=-1", "expected [0, inf)")]
    [InlineData("fairgrad:alpha=0", "expected [0.1, 100]")]
    [InlineData("aligned:scale_mode=mean", "expected min | median | rmse")]
    [InlineData("krum:n_selected=0", "n_selected=0 is not allowed")]
    [InlineData("gradnorm:alpha=-1", "expected [0, 100]")]
    [InlineData("config:pref=-1/1", "pref=-1 is not allowed")]
    public void Parameters_out_of_range_are_refused(string specification, string part)
        => Assert.Contains(part, Assert.Throws<BalancerException>(() => Balancers.Create(specification)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_loss_that_is_not_positive_has_no_geometric_mean()
    {
        BalancerException error = Assert.Throws<BalancerException>(() => new GLS().Weigh(new BalanceInput { Losses = [1f, 0f], Active = [1, 3], TotalTasks = 4 }, new double[2]));
        Assert.Equal(3, error.TaskIndex);
    }

    [Theory]
    [InlineData("constant:weights=1/2/3")]
    [InlineData("aligned:pref=1/2/3")]
    [InlineData("dualproj:pref=1/2/3")]
    [InlineData("config:pref=1/2/3")]
    public void A_vector_of_the_wrong_length_is_refused(string rule)
        => Assert.Contains("expected 2", Assert.Throws<BalancerException>(() => Balancers.Create(rule).Weigh(new BalanceInput { Losses = [1, 1], Gramian = [1, 0, 0, 1] }, new double[2])).Message, StringComparison.Ordinal);

    [Fact]
    public void GradNorm_sums_in_the_first_epoch_and_then_needs_its_losses()
    {
        var balancer = new GradNorm();
        double[] weights = new double[2];
        balancer.Weigh(Step(epoch: 0), weights);
        Assert.Equal([1, 1], weights);
        Assert.All(balancer.LearnableGradient, value => Assert.Equal(0, value));
        Assert.Contains("EndEpoch", Assert.Throws<BalancerException>(() => balancer.Weigh(Step(epoch: 1), weights)).Message, StringComparison.Ordinal);
        balancer.EndEpoch(0, [1, double.NaN]);
        balancer.EndEpoch(1, [7, 2]);
        balancer.Weigh(Step(epoch: 2), weights);

        // a = (1, 1): c = 1. Progress 3/1 and 1/2 with mean 1.75, norms 1 and 2 with mean 1.5; alpha 1.5.
        Assert.True(1 < 1.5 * Math.Pow(3 / 1.75, 1.5));
        Assert.True(2 > 1.5 * Math.Pow(0.5 / 1.75, 1.5));
        Assert.Equal([-1 - 0.5f, 2 - 0.5f], balancer.LearnableGradient);
    }

    [Fact]
    public void GradNorm_in_the_form_of_the_paper_takes_its_own_step_and_keeps_the_sum()
    {
        var balancer = new GradNorm(form: GradNormForm.Paper, learningRate: 0.1);
        double[] weights = new double[2];
        balancer.Weigh(Step(epoch: 0), weights);
        Assert.Equal([1, 1], weights);
        balancer.Weigh(Step(epoch: 0), weights);

        // Norms 1 and 2 with mean 1.5 and equal progress: slopes -1 and 2, so 1.1 and 0.8, rescaled from 1.9 to 2.
        RandomTasks.Near([1.1 * 2 / 1.9, 0.8 * 2 / 1.9], weights, 1e-12);
        Assert.Empty(balancer.Learnable);
    }

    [Theory]
    [InlineData("imtl")]
    [InlineData("imtl-l")]
    [InlineData("nash:update_weights_every=3")]
    [InlineData("fairgrad")]
    [InlineData("gradnorm")]
    [InlineData("gradnorm:form=paper")]
    public void A_resumed_rule_goes_on_to_the_bit(string rule)
    {
        Balancer whole = Balancers.Create(rule), first = Balancers.Create(rule), second = Balancers.Create(rule);
        double[] expected = new double[3], actual = new double[3];
        for (int step = 0; step < 9; step++)
        {
            if (step == 4)
            {
                var state = new BalancerState();
                first.WriteState(state);
                second.ReadState(state);
            }

            Balancer resumed = step < 4 ? first : second;
            foreach ((Balancer balancer, double[] weights) in ((Balancer, double[])[])[(whole, expected), (resumed, actual)])
            {
                double[] gramian = [1 + step, -0.5, 0.1, -0.5, 2, 0.3, 0.1, 0.3, 3];
                if (step == 2) balancer.EndEpoch(0, [1, 2, 3]);
                balancer.Weigh(new BalanceInput { Losses = [1f, 2f + step, 0.5f], Gramian = gramian, Epoch = step > 2 ? 1 : 0 }, weights);
                for (int k = 0; k < balancer.Learnable.Length; k++) balancer.Learnable[k] -= 0.1f * balancer.LearnableGradient[k];
            }

            Assert.Equal(expected, actual);
            Assert.Equal(whole.Learnable, resumed.Learnable);
        }

        second.Reset();
        second.Prepare(2);
        Assert.Throws<BalancerException>(() => second.Prepare(3));
    }

    [Theory]
    [InlineData("nash:max_norm=0")]
    [InlineData("fairgrad")]
    [InlineData("imtl")]
    [InlineData("gradnorm:form=paper")]
    public void An_absent_task_changes_nothing_for_the_others_and_keeps_its_state(string rule)
    {
        Balancer two = Balancers.Create(rule), three = Balancers.Create(rule);
        double[] expected = new double[2], actual = new double[2];
        double[] gramian = [1, -0.5, -0.5, 2];
        two.Weigh(new BalanceInput { Losses = [1, 2], Gramian = gramian }, expected);
        three.Weigh(new BalanceInput { Losses = [1, 2], Gramian = gramian, Active = [0, 2], TotalTasks = 3 }, actual);
        Assert.Equal(expected, actual);
        BalancerState before = new(), after = new();
        three.WriteState(before);
        three.Weigh(new BalanceInput { Losses = [3, 1], Gramian = [4, 1, 1, 3], Active = [0, 2], TotalTasks = 3 }, actual);
        three.WriteState(after);
        foreach ((string name, double[] values) in before.Doubles) Assert.Equal(values[1], after.Doubles[name][1]);
        foreach ((string name, float[] values) in before.Singles) Assert.Equal(values[1], after.Singles[name][1]);
    }

    [Theory]
    [InlineData("gls")]
    [InlineData("rlw")]
    [InlineData("imtl-l")]
    [InlineData("imtl")]
    [InlineData("nash")]
    [InlineData("aligned")]
    [InlineData("aligned:scale_mode=median,pref=1/2/3")]
    [InlineData("fairgrad")]
    [InlineData("fairgrad:alpha=2")]
    [InlineData("dualproj")]
    [InlineData("config")]
    [InlineData("krum")]
    [InlineData("gradnorm")]
    [InlineData("gradnorm:form=paper")]
    [InlineData("mean")]
    [InlineData("sum")]
    [InlineData("constant")]
    [InlineData("random")]
    public void A_warmed_up_step_allocates_nothing(string rule)
    {
        Balancer balancer = Balancers.Create(rule);
        float[] losses = [1f, 2f, 3f];
        double[] gramian = [1, -0.5, 0.1, -0.5, 2, -0.7, 0.1, -0.7, 3], weights = new double[3];
        var random = new RandomStream(1);
        balancer.EndEpoch(0, [1, 1, 1]);
        void Step() => balancer.Weigh(new BalanceInput { Losses = losses, Gramian = gramian, Random = random, Epoch = 1 }, weights);
        for (int i = 0; i < 50; i++) Step();
        Assert.Equal(0, SteadyAllocation.Of(() =>
        {
            for (int i = 0; i < 100; i++) Step();
        }));
    }

    private static BalanceInput Step(int epoch) => new() { Losses = [3f, 1f], Gramian = new double[] { 1, 0, 0, 4 }, Epoch = epoch };
}
