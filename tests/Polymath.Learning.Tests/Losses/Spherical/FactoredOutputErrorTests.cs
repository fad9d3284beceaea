using Polymath.Learning.Losses;
using Polymath.Tensors;
using Polymath.Tensors.Safetensors;

namespace Polymath.Tests.Spherical;

/// <summary>Everything a caller can get wrong is one sentence, and leaves the matrix as it was.</summary>
public sealed class FactoredOutputErrorTests
{
    private static readonly float[] s_hidden = [0.5f, -1f, 2f, 1f, 0f, 0.25f];

    [Theory]
    [InlineData(new[] { 1, 10 }, "found target 10 of example 1, expected a class in [0, 10)", 1)]
    [InlineData(new[] { -1, 0 }, "found target -1 of example 0", 0)]
    [InlineData(new[] { 1, 2, 5, 4 }, "found target 4 after 5 in example 1, expected ascending distinct classes", 1)]
    [InlineData(new[] { 3, 3, 4, 5 }, "found target 3 after 3 in example 0", 0)]
    [InlineData(new[] { 1, 2, 3 }, "found 3 targets for 2 examples", null)]
    [InlineData(new[] { 1 }, "found 1 targets for 2 examples", null)]
    public void Targets(int[] targets, string expected, int? example)
    {
        SphericalLoss many = SphericalLoss.Custom((ReadOnlySpan<double> t, double q, double s, int d, Span<double> g, out double dq, out double ds) =>
        {
            (dq, ds) = (0, 0);
            return 0;
        });
        Refused(Layer(many), s_hidden, targets, expected, example);
    }

    [Fact]
    public void Several_targets_need_a_loss_for_several() => Refused(Layer(), s_hidden, [1, 2, 3, 4], "z loss: found 2 targets per example, expected 1");

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_hidden_value_that_is_not_finite(float value) => Refused(Layer(), [0f, 1f, 2f, 3f, value, 5f], [1, 2], "in the hidden layer of example 1, feature 1", 1);

    [Fact]
    public void A_hidden_layer_of_another_width()
    {
        Refused(Layer(), s_hidden[..5], [1], "expected a positive multiple of 3");
        Refused(Layer(), [], [], "expected a positive multiple of 3");
        Assert.Contains("expected [examples, 3]", Assert.Throws<FactoredOutputException>(() => Layer().ForwardBackwardUpdate(Tensor.Zeros(2, 4), [1, 2])).Message, StringComparison.Ordinal);
        Assert.Contains("expected 3", Assert.Throws<FactoredOutputException>(() => Layer().Score([1f])).Message, StringComparison.Ordinal);
        Assert.Contains("expected 3", Assert.Throws<FactoredOutputException>(() => Layer().ForwardBackwardUpdate(s_hidden.AsSpan(0, 3), [1], new float[2])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_that_makes_the_factor_singular()
    {
        // 1 - 2 eta gq ||h||^2 = 0 with gq = 1 and ||h||^2 = 2.
        FactoredSphericalOutput layer = Layer(SphericalLoss.Mse, 0.25);
        Refused(layer, [1f, 1f, 0f], [4], "learning rate is too large for the factored layer");
    }

    [Fact]
    public void A_loss_function_that_returns_no_number()
        => Refused(Layer(SphericalLoss.Custom((_, _, _, _) => (1, double.NaN, 0, 0))), s_hidden[..3], [1], "expected finite numbers", 0);

    [Fact]
    public void Arguments_of_the_layer()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Layer(rate: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Layer(rate: double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FactoredSphericalOutput(0, 10, SphericalLoss.Mse, 0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FactoredSphericalOutput(3, 1, SphericalLoss.Mse, 0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FactoredSphericalOutput(3, 5, SphericalLoss.Mse, 0.1, new() { InitStd = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FactoredSphericalOutput(3, 5, SphericalLoss.Mse, 0.1, new() { WeightDecay = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FactoredSphericalOutput(3, 5, SphericalLoss.Mse, 0.1, new() { StabilizePeriod = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FactoredSphericalOutput(3, 5, SphericalLoss.Mse, 0.1, new() { Reduction = LossReduction.None }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Layer().TopK([1f, 2f, 3f], 11));
        Assert.Contains("found 2 classes, expected 3 or more", Assert.Throws<TensorException>(() => new FactoredSphericalOutput(3, 2, SphericalLoss.Z(), 0.1)).Message, StringComparison.Ordinal);
        Assert.Contains("expected a product below 1", Assert.Throws<FactoredOutputException>(() => new FactoredSphericalOutput(3, 5, SphericalLoss.Mse, 0.5, new() { WeightDecay = 2 }).ForwardBackwardUpdate(s_hidden, [1, 2], new float[6])).Message, StringComparison.Ordinal);
        Assert.Contains("expected [classes, hidden]", Assert.Throws<FactoredOutputException>(() => FactoredSphericalOutput.FromWeights(Tensor.Zeros(3), SphericalLoss.Mse, 0.1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_holds_something_else()
    {
        string path = Path.Combine(Path.GetTempPath(), $"factored-{Guid.NewGuid():N}.safetensors");
        try
        {
            new SafetensorsWriter().Add("weight", [2], [1f, 2f]).Save(path);
            Assert.Contains("'V' is not in the file", Assert.Throws<SafetensorsException>(() => FactoredSphericalOutput.Load(path, SphericalLoss.Mse, 0.1)).Message, StringComparison.Ordinal);
            new SafetensorsWriter().Add("V", [4, 2], new float[8]).Add("U", [3, 3], new float[9]).Add("omega", [2], new float[2]).Save(path);
            Assert.Contains("expected [classes, hidden], [hidden, hidden] and [hidden]", Assert.Throws<FactoredOutputException>(() => FactoredSphericalOutput.Load(path, SphericalLoss.Mse, 0.1)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static FactoredSphericalOutput Layer(SphericalLoss? loss = null, double rate = 0.1) => new(3, 10, loss ?? SphericalLoss.Z(), rate, new() { InitStd = 1 });

    private static void Refused(FactoredSphericalOutput layer, float[] hidden, int[] targets, string expected, int? example = null)
    {
        float[] before = layer.Materialize().ToArray();
        double[] q = [.. layer.Matrix.Q];
        FactoredOutputException error = Assert.Throws<FactoredOutputException>(() => layer.ForwardBackwardUpdate(hidden, targets, new float[hidden.Length]));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(example, error.Example);
        Assert.Equal(before, layer.Materialize().ToArray());
        Assert.Equal(q, layer.Matrix.Q);
        Assert.Equal(0, layer.Updates);
    }
}
