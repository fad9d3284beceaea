using Polymath.Learning;
using Polymath.Learning.Configuration;
using Polymath.Learning.Losses;

namespace Polymath.Tests;

public sealed class LossFunctionsTests
{
    public static TheoryData<string> Names => [.. LossFunctions.All.Select(component => component.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_registered_loss_is_made_by_its_own_name(string name) => Assert.Equal(name, LossFunctions.Create(name.ToUpperInvariant()).Name);

    [Fact]
    public void Parameters_reach_the_loss()
    {
        Assert.Equal(0.5f, Assert.IsType<Huber>(LossFunctions.Create("huber:delta=0.5")).Delta);
        Assert.Equal([1f, 2.5f], Assert.IsType<CrossEntropy>(LossFunctions.Create("cross_entropy: class_weights=1/2.5, label_smoothing=0.1")).ClassWeights);
        var focal = Assert.IsType<Focal>(LossFunctions.Create("focal:gamma=1,alpha=0.25"));
        Assert.Equal((1f, 0.25f), (focal.Gamma, focal.Alpha));
        Assert.True(Assert.IsType<Poisson>(LossFunctions.Create("poisson:full=true")).Full);
    }

    [Theory]
    [InlineData("hubber", "did you mean 'huber'?")]
    [InlineData("quantile-loss-of-some-kind", "known: bce, cross_entropy, mse")]
    [InlineData("huber:delat=1", "did you mean 'delta'?")]
    [InlineData("huber:delta=0", "expected (0, inf)")]
    [InlineData("huber:delta=x", "delta=x is not allowed")]
    [InlineData("huber:delta", "expected parameter=value")]
    [InlineData("huber:delta=1,delta=2", "given twice")]
    [InlineData("bce:label_smoothing=1", "expected [0, 1)")]
    [InlineData("mse:delta=1", "known: none")]
    [InlineData("focal:alpha=0.5,class_weights=1/1", "expected one of them")]
    [InlineData("cross_entropy:class_weights=0/0", "every class weight is 0")]
    public void A_wrong_specification_is_answered_in_one_sentence(string specification, string expected)
        => Assert.Contains(expected, Assert.Throws<ComponentException>(() => LossFunctions.Create(specification)).Message, StringComparison.Ordinal);

    [Fact]
    public void Every_kind_of_task_has_a_default_that_suits_it()
    {
        foreach (TaskKind kind in Enum.GetValues<TaskKind>()) Assert.Contains(kind, LossFunctions.Default(kind).Kinds);
    }

    [Fact]
    public void A_task_keeps_its_own_loss_unless_it_is_for_another_kind()
    {
        Loss own = new Huber();
        Assert.Same(own, LossFunctions.For(Target.Regression("y") with { Loss = own }));
        Assert.IsType<BceWithLogits>(LossFunctions.For(Target.Binary("y")));
        Assert.Contains("task 'y' is Binary", Assert.Throws<ComponentException>(() => LossFunctions.For(Target.Binary("y") with { Loss = own })).Message, StringComparison.Ordinal);
    }
}
