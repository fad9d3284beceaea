using Polymath.Merging.Configuration;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Merging.Tests;

public sealed class StateMergeTests
{
    private static ModelState State(float value) => new([("layers.0.w", new Shape(2), [value, value]), ("layers.1.w", new Shape(2), [value, value]), ("norm", new Shape(1), [value])]);

    private static Dictionary<string, object> Weight(object weight) => new() { ["weight"] = weight };

    [Fact]
    public void Weights_are_averaged_and_the_order_of_tensors_may_differ()
    {
        ModelState other = new([("norm", new Shape(1), [3f]), ("layers.1.w", new Shape(2), [3f, 3f]), ("layers.0.w", new Shape(2), [3f, 3f])]);
        ModelState merged = StateMerge.Merge("linear", [new("a", State(1), Weight(1)), new("b", other, Weight(3f))]);
        Assert.Equal(State(1).Names, merged.Names);
        Assert.All(merged.Names, name => Assert.Equal(2.5f, merged[name][0]));
    }

    [Fact]
    public void A_base_gives_task_arithmetic_with_values_over_the_layers_and_filters()
    {
        var setting = new ParameterSetting([new ConditionalValue("norm", new Gradient([0.5])), new ConditionalValue(null, new Gradient([0.0, 1.0]))], 0);
        ModelState merged = StateMerge.Merge("task_arithmetic", [new("a", State(3), Weight(setting))], State(1), new Dictionary<string, object> { ["lambda"] = 2 });
        Assert.Equal([1f, 5f, 3f], merged.Names.Select(name => merged[name][0]));
    }

    [Fact]
    public void The_same_model_twice_is_itself()
    {
        ModelState merged = StateMerge.Merge("karcher", [new("a", State(2)), new("b", State(2))]);
        Assert.All(merged.Names, name => Assert.Equal(2f, merged[name][0], 5));
    }

    [Fact]
    public void Mistakes_are_named()
    {
        static string Message(Func<ModelState> merge) => Assert.Throws<MergeException>(merge).Message;
        Assert.Contains("did you mean 'ties'?", Message(() => StateMerge.Merge("tie", [new("a", State(1))])), StringComparison.Ordinal);
        Assert.Contains("works on differences to a base model", Message(() => StateMerge.Merge("ties", [new("a", State(1))])), StringComparison.Ordinal);
        Assert.Contains("tensor 'layers.0.w', model 'a': parameter 'weight' is missing", Message(() => StateMerge.Merge("linear", [new("a", State(1))])), StringComparison.Ordinal);
        Assert.Contains("'wieght' is no parameter of model 'a'; did you mean 'weight'?", Message(() => StateMerge.Merge("linear", [new("a", State(1), new Dictionary<string, object> { ["wieght"] = 1 })])), StringComparison.Ordinal);
        Assert.Contains("model 'b' has other tensors than the base", Message(() => StateMerge.Merge("linear", [new("a", State(1), Weight(1)), new("b", new([("x", new Shape(1), [1f])]), Weight(1))])), StringComparison.Ordinal);
        Assert.Contains("no models", Message(() => StateMerge.Merge("linear", [])), StringComparison.Ordinal);
    }
}
