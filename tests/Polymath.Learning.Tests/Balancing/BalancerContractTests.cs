using System.Globalization;
using Polymath.Learning.Balancing;
using Polymath.Tensors;

namespace Polymath.Tests.Balancing;

public sealed class BalancerContractTests
{
    [Theory]
    [InlineData("ew", typeof(EqualWeighting))]
    [InlineData("UW", typeof(UncertaintyWeighting))]
    [InlineData("pcgrad:eps=0", typeof(PCGrad))]
    [InlineData(" CAGrad : C=0.4 , rescale=2 ", typeof(CAGrad))]
    [InlineData("mgda:norm=loss+,solver=libmtl", typeof(MGDA))]
    [InlineData("upgrad:pref=0.2/0.8,relative=true", typeof(UPGrad))]
    public void Names_with_parameters_create_the_balancer(string specification, Type type) => Assert.IsType(type, Balancers.Create(specification));

    [Fact]
    public void Parameters_reach_the_balancer()
    {
        var cagrad = (CAGrad)Balancers.Create("cagrad:c=0.25,rescale=0,form=torchjd,norm_eps=1e-9");
        Assert.Equal((0.25, CAGradRescale.None, CAGradForm.TorchJD, 1e-9), (cagrad.C, cagrad.Rescale, cagrad.Form, cagrad.NormEps));
        var mgda = (MGDA)Balancers.Create("mgda:norm=loss+,solver=torchjd,epsilon=0.01,max_iters=7");
        Assert.Equal((MGDANormalization.LossPlus, MGDASolver.TorchJD, 0.01, 7), (mgda.Normalization, mgda.Solver, mgda.Epsilon, mgda.MaxIterations));
        Assert.Equal([0.2, 0.8], ((UPGrad)Balancers.Create("upgrad:pref=0.2/0.8")).Pref);
    }

    [Theory]
    [InlineData("cagard", "did you mean 'cagrad'?")]
    [InlineData("nonsense", "known: ew, uw, ")]
    [InlineData("", "unknown balancer ''")]
    [InlineData("cagrad:k=1", "unknown parameter 'k'")]
    [InlineData("cagrad:rescal=1", "did you mean 'rescale'?")]
    [InlineData("cagrad:c", "expected parameter=value")]
    [InlineData("cagrad:c=-1", "c=-1 is not allowed, expected [0, inf) (default 0.5)")]
    [InlineData("cagrad:c=nan", "c=NaN is not allowed")]
    [InlineData("cagrad:c=much", "c=much is not allowed")]
    [InlineData("cagrad:c=1,c=2", "given twice")]
    [InlineData("cagrad:rescale=3", "expected 0 | 1 | 2")]
    [InlineData("mgda:norm=l3", "expected none | l2 | loss | loss+")]
    [InlineData("mgda:max_iters=1.5", "whole numbers in [1, 1000000]")]
    [InlineData("upgrad:pref=1/-1", "pref=-1 is not allowed")]
    [InlineData("upgrad:relative=yes", "expected true | false")]
    [InlineData("ew:k=1", "known: mean")]
    public void Bad_specifications_are_refused_in_a_sentence_that_helps(string specification, string part)
        => Assert.Contains(part, Assert.Throws<BalancerException>(() => Balancers.Create(specification)).Message, StringComparison.Ordinal);

    [Fact]
    public void Constructors_enforce_the_ranges_of_the_registry()
    {
        Assert.Throws<BalancerException>(() => new CAGrad(c: -0.1));
        Assert.Throws<BalancerException>(() => new CAGrad(rescale: (CAGradRescale)7));
        Assert.Throws<BalancerException>(() => new MGDA(epsilon: 2));
        Assert.Throws<BalancerException>(() => new UPGrad([double.NaN]));
        Assert.Throws<BalancerException>(() => new PCGrad(eps: double.PositiveInfinity));
    }

    [Fact]
    public void Every_descriptor_states_its_defaults_and_makes_what_it_names()
    {
        foreach (BalancerDescriptor descriptor in Balancers.All)
        {
            Balancer balancer = Balancers.Create(descriptor.Name);
            Assert.Equal(descriptor.Name, balancer.Name);
            Assert.Equal(balancer.Needs, balancer.Needs & descriptor.Needs);
            if (descriptor.Passes is null) Assert.Equal((descriptor.Needs & BalancerNeeds.ThreeBatches) != 0 ? 15 : descriptor.NeedsTaskGradients ? 5 : 1, descriptor.BackwardPasses(5));
            Assert.NotEmpty(descriptor.Paper);
            foreach (BalancerParameter parameter in descriptor.Parameters)
            {
                Assert.NotEmpty(parameter.Meaning);
                Assert.NotEmpty(parameter.Range);
                if (parameter.Default.Length > 0) Assert.NotNull(Balancers.Create($"{descriptor.Name}:{parameter.Name}={parameter.Default}"));
            }
        }
    }

    [Fact]
    public void An_absent_task_leaves_its_learned_variance_untouched()
    {
        var balancer = new UncertaintyWeighting();
        double[] weights = new double[2];
        balancer.Weigh(new BalanceInput { Losses = [2f, 3f], Active = [0, 2], TotalTasks = 3 }, weights);
        Assert.Equal(3, balancer.Learnable.Length);
        Assert.Equal(0f, balancer.LearnableGradient[1]);
        Assert.Equal(0.5 - (0.5 * Math.Exp(0.5) * 3), balancer.LearnableGradient[2], 1e-6);
    }

    [Fact]
    public void Absent_tasks_restrict_the_preference_to_those_present()
    {
        double[] gramian = [1, -0.5, -0.5, 2], all = new double[2], some = new double[2];
        new UPGrad([0.2, 0.8]).Weigh(new BalanceInput { Losses = [1, 1], Gramian = gramian }, all);
        new UPGrad([0.2, 9, 0.8]).Weigh(new BalanceInput { Losses = [1, 1], Gramian = gramian, Active = [0, 2], TotalTasks = 3 }, some);
        Assert.Equal(all, some);
    }

    [Fact]
    public void State_round_trips_and_reset_forgets()
    {
        var first = new UncertaintyWeighting();
        first.Prepare(3);
        first.Learnable[1] = 0.75f;
        var state = new BalancerState();
        first.WriteState(state);
        var second = new UncertaintyWeighting();
        second.ReadState(state);
        Assert.Equal(first.Learnable, second.Learnable);
        second.Reset();
        Assert.Empty(second.Learnable);
        Assert.Throws<BalancerException>(() => first.Prepare(4));
        Assert.Throws<BalancerException>(() => state.GetDoubles("lambda"));
        new UPGrad().WriteState(state = new BalancerState());
        Assert.True(state.IsEmpty);
    }

    [Fact]
    public void Combine_writes_the_weighted_sum_of_the_rows()
    {
        TaskGradients rows = TaskGradients.FromRows([1f, 0f, 2f], [0f, 1f, 2f]);
        float[] combined = new float[3];
        double[] weights = new double[2];
        Assert.Equal(BalanceStatus.Converged, new EqualWeighting().Combine(new BalanceInput { Losses = [1f, 1f] }, rows, combined, weights));
        Assert.Equal([1f, 1f, 4f], combined);
        Assert.Throws<BalancerException>(() => new EqualWeighting().Combine(new BalanceInput { Losses = [1f] }, rows, combined, new double[1]));
    }

    [Fact]
    public void Inputs_of_the_wrong_shape_are_refused()
    {
        double[] weights = new double[2];
        Assert.Throws<BalancerException>(() => new UPGrad().Weigh(new BalanceInput { Losses = [1f, 1f] }, weights));
        Assert.Throws<BalancerException>(() => new UPGrad().Weigh(new BalanceInput { Losses = [1f], Gramian = [1] }, weights));
        Assert.Throws<BalancerException>(() => new EqualWeighting().Weigh(new BalanceInput(), []));
        Assert.Throws<BalancerException>(() => new EqualWeighting().Weigh(new BalanceInput { Losses = [1f, 1f], Active = [1, 1], TotalTasks = 3 }, weights));
        Assert.Throws<BalancerException>(() => new EqualWeighting().Weigh(new BalanceInput { Losses = [1f, 1f], Active = [0, 3], TotalTasks = 3 }, weights));
        Assert.Throws<BalancerException>(() => new PCGrad().Weigh(new BalanceInput { Gramian = [1, 0, 0, 1], Tasks = 2 }, weights));
        Assert.Throws<BalancerException>(() => new MGDA(MGDANormalization.Loss).Weigh(new BalanceInput { Losses = [1f, -1f], Gramian = [1, 0, 0, 1] }, weights));
    }

    [Theory]
    [MemberData(nameof(BalancerPropertyTests.EveryRule), MemberType = typeof(BalancerPropertyTests))]
    public void A_warmed_up_step_allocates_nothing(string rule)
    {
        Balancer balancer = Balancers.Create(rule);
        balancer.Prepare(5);
        float[] losses = [1f, 2f, 3f, 4f], after = [0.9f, 2f, 2.5f, 4f], combined = new float[3];
        TaskGradients rows = TaskGradients.FromRows([1f, 0f, 2f], [-1f, 1f, 0.5f], [0f, -2f, 1f], [3f, 1f, -1f]);
        int[] active = [0, 1, 3, 4], starts = [0, 2];
        double[] gramian = new double[16], weights = new double[4];
        rows.Gramian(gramian);
        var random = new RandomStream(1);
        void Step()
        {
            var input = new BalanceInput { Losses = losses, Gramian = gramian, Random = random, Active = active, TotalTasks = 5, TensorStarts = starts };
            if (balancer.TransformsLosses) balancer.Slopes(input, weights);
            balancer.Combine(input, rows, combined, weights);
            balancer.AfterStep(input, after);
        }

        for (int i = 0; i < 50; i++) Step();
        Assert.Equal(0, SteadyAllocation.Of(() =>
        {
            for (int i = 0; i < 100; i++) Step();
        }));
    }

    [Theory]
    [MemberData(nameof(BalancerPropertyTests.EveryRule), MemberType = typeof(BalancerPropertyTests))]
    public void A_restored_rule_goes_on_with_the_bits_of_the_one_that_was_saved(string rule)
    {
        for (int stop = 0; stop < 8; stop++)
        {
            Balancer whole = Balancers.Create(rule), before = Balancers.Create(rule), after = Balancers.Create(rule);
            for (int t = 0; t < 8; t++)
            {
                if (t == stop)
                {
                    var state = new BalancerState();
                    before.WriteState(state);
                    after.ReadState(state);
                }

                (double[] weights, float[] update) = Step(whole, t);
                (double[] Weights, float[] Update) again = Step(t < stop ? before : after, t);
                Assert.Equal(weights, again.Weights);
                Assert.Equal(update, again.Update);
            }
        }

        // Five tasks of which some are absent, two steps an epoch.
        static (double[] Weights, float[] Update) Step(Balancer balancer, int t)
        {
            int[] active = t % 3 == 1 ? [0, 2, 3, 4] : t % 3 == 2 ? [0, 1, 2, 4] : [0, 1, 2, 3, 4];
            var random = new RandomStream((ulong)t);
            float[][] rows = new float[active.Length][];
            for (int k = 0; k < rows.Length; k++) random.FillNormal(rows[k] = new float[7]);
            (double[], float[]) result = RandomTasks.Step(balancer, rows, [.. active.Select(task => 0.5f + task + (0.1f * t))], random, t / 2, active, totalTasks: 5);
            if (t % 2 == 1) balancer.EndEpoch(t / 2, [1.0 / (1 + t), 2.0 - (0.1 * t), t == 3 ? double.NaN : 3, 4.0 + t, 0.5]);
            return result;
        }
    }

    public static TheoryData<string, string> EveryParameter
    {
        get
        {
            var parameters = new TheoryData<string, string>();
            foreach (BalancerDescriptor descriptor in Balancers.All)
            {
                foreach (BalancerParameter parameter in descriptor.Parameters) parameters.Add(descriptor.Name, parameter.Name);
            }

            return parameters;
        }
    }

    [Theory]
    [MemberData(nameof(EveryParameter))]
    public void A_value_other_than_the_default_survives_in_the_specification(string name, string parameter)
    {
        BalancerParameter known = Balancers.Find(name).Parameter(parameter);
        bool survived = false;
        foreach (string value in Others(known))
        {
            string written = $"{name}:{parameter}={value}";
            Balancer made;
            try
            {
                made = Balancers.Create(written);
            }
            catch (BalancerException)
            {
                // Out of range, or impossible beside the other parameters' defaults.
                continue;
            }

            Assert.Equal(written, made.Specification);
            Assert.Equal(written, Balancers.Create(made.Specification).Specification);
            survived = true;
        }

        Assert.True(survived, $"{name}: no value of {parameter} but its default is accepted");
    }

    private static IEnumerable<string> Others(BalancerParameter parameter)
    {
        string[] candidates = parameter.Kind switch
        {
            BalancerParameterKind.Flag => ["true", "false"],
            BalancerParameterKind.Choice => [.. parameter.Choices],
            BalancerParameterKind.Integer => ["0", "1", "2", "3", "17"],
            BalancerParameterKind.Vector => ["0.25", "0.25/0.75", "0.5/0.25/0.25", "1/0.5"],
            _ => ["0", "0.1", "0.25", "0.5", "1", "3.5", "1E-05", "-0.75"],
        };
        return candidates.Where(value => parameter.Kind == BalancerParameterKind.Vector || parameter.Kind == BalancerParameterKind.Choice || parameter.Kind == BalancerParameterKind.Flag
            ? value != parameter.Default
            : parameter.Default.Length == 0 || double.Parse(value, CultureInfo.InvariantCulture) != double.Parse(parameter.Default, CultureInfo.InvariantCulture));
    }
}
