using Polymath.Learning.Configuration;
using Polymath.Learning.Optimization;

namespace Polymath.Tests;

public sealed class OptimizerRegistryTests
{
    public static TheoryData<string> Optimizer_names => [.. Optimizers.All.Select(component => component.Name)];

    public static TheoryData<string> Schedule_names => [.. Schedules.All.Select(component => component.Name)];

    [Theory]
    [MemberData(nameof(Optimizer_names))]
    public void An_optimizer_made_by_name_has_the_defaults_of_its_class(string name)
    {
        Optimizer made = Optimizers.Create(name);
        Assert.Equal(name, made.Name.Split(':')[0]);
        Optimizer plain = name switch { "sgd" => new Sgd(), "adam" => new Adam(), "adamw" => new AdamW(), _ => new Adagrad() };
        Assert.Equal(plain.Name, made.Name);
        Assert.Equal(plain.LearningRate, made.LearningRate);
    }

    [Theory]
    [MemberData(nameof(Optimizer_names))]
    public void The_name_of_an_optimizer_makes_an_equal_one(string name)
    {
        Optimizer made = Optimizers.Create($"{name}:weight_decay=0.003");
        Assert.Equal(made.Name, Optimizers.Create(made.Name).Name);
    }

    [Theory]
    [MemberData(nameof(Schedule_names))]
    public void A_schedule_made_by_name_has_the_defaults_of_its_class(string name)
    {
        LearningRateSchedule made = Schedules.Create($"{name}:warmup=7");
        Assert.Equal(name, made.Name);
        LearningRateSchedule plain = name switch
        {
            "constant" => new ConstantSchedule { Warmup = 7 },
            "cosine" => new CosineSchedule { Warmup = 7 },
            "step" => new StepSchedule { Warmup = 7 },
            _ => new OneCycleSchedule { Warmup = 7 },
        };
        for (int step = 0; step < 100; step++) Assert.Equal(plain.Factor(step, 100), made.Factor(step, 100));
    }

    [Fact]
    public void Parameters_reach_the_component()
    {
        var adam = Assert.IsType<AdamW>(Optimizers.Create("adamw:lr=1e-3,weight_decay=1e-5,beta2=0.95"));
        Assert.Equal((1e-3, 1e-5, 0.95), (adam.LearningRate, adam.WeightDecay, adam.Beta2));
        Assert.Equal(100, Schedules.Create("cosine:warmup=100").Warmup);
    }

    [Fact]
    public void Names_are_read_in_any_case_and_with_either_dash()
    {
        Assert.Equal(1e-5, Assert.IsType<AdamW>(Optimizers.Create("AdamW:weight-decay=1e-5")).WeightDecay);
        Assert.IsType<OneCycleSchedule>(Schedules.Create("one-cycle:final-divisor=100"));
        Assert.Contains("given twice", Assert.Throws<ComponentException>(() => Optimizers.Create("adamw:weight-decay=1,weight_decay=1")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("adamm", "did you mean 'adam'?")]
    [InlineData("lion-or-some-such", "known: sgd, adam, adamw, adagrad")]
    [InlineData("adam:lr=-1", "lr=-1 is not allowed, expected [0, inf)")]
    [InlineData("adam:beta1=1", "expected [0, 1)")]
    [InlineData("adam:learning=1", "unknown parameter 'learning'")]
    [InlineData("sgd:nesterov=true", "expected momentum more than 0")]
    [InlineData("sgd:nesterov=yes", "expected true | false")]
    public void A_wrong_optimizer_is_answered_in_one_sentence(string specification, string expected)
        => Assert.Contains(expected, Assert.Throws<ComponentException>(() => Optimizers.Create(specification)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("cosin", "did you mean 'cosine'?")]
    [InlineData("step:every=0", "expected (0, inf)")]
    [InlineData("one_cycle:rise=2", "expected [0, 1]")]
    [InlineData("cosine:warmup=nan", "warmup=NaN is not allowed")]
    public void A_wrong_schedule_is_answered_in_one_sentence(string specification, string expected)
        => Assert.Contains(expected, Assert.Throws<ComponentException>(() => Schedules.Create(specification)).Message, StringComparison.Ordinal);
}
