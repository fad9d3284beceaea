using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tests;

public sealed class LayerTests
{
    [Fact]
    public void A_linear_map_multiplies_by_the_transposed_weight_and_adds_the_bias()
    {
        var layer = new Linear(2, 3, new RandomStream(1));
        Set(layer.Weight, 1, 2, 3, 4, 5, 6);
        Set(layer.Bias!, 0.5f, -1, 2);
        Assert.Equal([3.5f, 6, 13, -0.5f, -4, -3], layer.Forward(Tensor.FromArray([1f, 1f, -1f, 0f], 2, 2)).ToArray());
        Assert.Equal(12, layer.FlopsPerRow);
    }

    [Fact]
    public void A_linear_map_starts_within_one_over_the_root_of_its_inputs()
    {
        var layer = new Linear(16, 500, new RandomStream(3));
        foreach (Parameter parameter in new[] { layer.Weight, layer.Bias! })
        {
            Assert.InRange(parameter.Value.ToArray().Max(MathF.Abs), 0.24f, 0.25f);
        }
    }

    [Fact]
    public void A_given_initializer_leaves_the_bias_at_zero()
    {
        var layer = new Linear(4, 5, new RandomStream(3), initializer: Initializer.Constant(2f));
        Assert.All(layer.Weight.Value.ToArray(), value => Assert.Equal(2f, value));
        Assert.All(layer.Bias!.Value.ToArray(), value => Assert.Equal(0f, value));
        Assert.Null(new Linear(4, 5, new RandomStream(3), bias: false).Bias);
    }

    [Fact]
    public void An_embedding_returns_the_rows_of_its_table_and_names_a_bad_id()
    {
        var table = new Embedding(3, 2, new RandomStream(1));
        Set(table.Weight, 1, 2, 3, 4, 5, 6);
        Tensor rows = table.Forward(IndexTensor.FromArray([2, 0, 2, 1], 2, 2));
        Assert.Equal(new Shape(2, 2, 2), rows.Shape);
        Assert.Equal([5f, 6, 1, 2, 5, 6, 3, 4], rows.ToArray());
        Assert.Contains("index 3", Assert.Throws<TensorException>(() => table.Forward(IndexTensor.FromArray([3]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Batch_norm_follows_the_mean_and_the_unbiased_variance_of_the_batch()
    {
        var norm = new BatchNorm1d(2);
        Tensor y = norm.Forward(Tensor.FromArray([0f, 10f, 2f, 30f], 2, 2));
        AssertClose([-1, -1, 1, 1], y, 1e-4f);
        AssertClose([0.1f, 2f], norm.RunningMean, 1e-6f);
        AssertClose([0.9f + (0.1f * 2), 0.9f + (0.1f * 200)], norm.RunningVariance, 1e-5f);
    }

    [Fact]
    public void Batch_norm_in_inference_uses_the_running_statistics_even_for_one_row()
    {
        var norm = new BatchNorm1d(2);
        norm.Forward(Tensor.FromArray([0f, 10f, 2f, 30f], 2, 2));
        Set(norm.Weight, 2, 3);
        Set(norm.Bias, -1, 1);
        norm.Evaluate();
        float[] before = norm.RunningMean.ToArray();
        AssertClose([(float)((2 * 0.9 / Math.Sqrt(1.1 + 1e-5)) - 1), (float)((3 * -1 / Math.Sqrt(20.9 + 1e-5)) + 1)], norm.Forward(Tensor.Ones(1, 2)), 1e-5f);
        Assert.Equal(before, norm.RunningMean.ToArray());
    }

    [Fact]
    public void Batch_norm_refuses_to_train_on_one_row()
        => Assert.Contains("expected at least 2", Assert.Throws<TensorException>(() => new BatchNorm1d(2).Forward(Tensor.Ones(1, 2))).Message, StringComparison.Ordinal);

    [Fact]
    public void Layer_norm_and_rms_norm_equal_their_formulas()
    {
        double[] x = [0.5, -1.5, 3, 2];
        double mean = x.Average(), variance = x.Sum(v => (v - mean) * (v - mean)) / 4, square = x.Sum(v => v * v) / 4;
        Tensor input = Tensor.FromArray([.. x.Select(v => (float)v)], 1, 4);
        AssertClose([.. x.Select(v => (float)((v - mean) / Math.Sqrt(variance + 1e-5)))], new LayerNorm(4).Forward(input), 1e-5f);
        AssertClose([.. x.Select(v => (float)(v / Math.Sqrt(square + 1e-5)))], new RmsNorm(4).Forward(input), 1e-5f);
    }

    [Fact]
    public void Dropout_keeps_the_mean_and_repeats_from_the_same_position()
    {
        var dropout = new Dropout(0.25f);
        dropout.SetRandom(new RandomStream(5));
        float[] first = dropout.Forward(Tensor.Ones(20_000)).ToArray();
        Assert.All(first, value => Assert.True(value == 0f || MathF.Abs(value - (4f / 3f)) < 1e-6f));
        Assert.InRange(first.Average(), 0.98f, 1.02f);
        dropout.Random.Position = 0;
        Assert.Equal(first, dropout.Forward(Tensor.Ones(20_000)).ToArray());
        dropout.Evaluate();
        Assert.All(dropout.Forward(Tensor.Ones(10)).ToArray(), value => Assert.Equal(1f, value));
    }

    [Theory]
    [InlineData("identity", 0.7, 0.7)]
    [InlineData("relu", -0.7, 0)]
    [InlineData("gelu", 0.7, 0.530625)]
    [InlineData("gelu_tanh", 0.7, 0.530542)]
    [InlineData("silu", 0.7, 0.467731)]
    [InlineData("sigmoid", 0.7, 0.668188)]
    [InlineData("TANH", 0.7, 0.604368)]
    public void Activations_are_found_by_name(string name, double x, double expected)
    {
        Activation activation = Activations.Parse(name);
        Assert.Equal(expected, Tensor.FromArray([(float)x]).Apply(activation)[0], 5e-5);
        Assert.Equal(name, Activations.NameOf(activation), ignoreCase: true);
    }

    [Fact]
    public void An_unknown_activation_is_answered_with_the_known_ones()
        => Assert.Contains("known: identity, relu", Assert.Throws<ArgumentException>(() => Activations.Parse("swash")).Message, StringComparison.Ordinal);

    private static void Set(Parameter parameter, params float[] values) => values.CopyTo(parameter.Value.Span);

    private static void AssertClose(ReadOnlySpan<float> expected, Tensor actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Shape.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual.Span[i], tolerance);
    }
}
