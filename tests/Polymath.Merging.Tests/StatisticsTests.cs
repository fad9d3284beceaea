using Polymath.Learning;
using Polymath.Merging.Statistics;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Merging.Tests;

/// <summary>Fisher values and Gram matrices of networks against closed forms.</summary>
public sealed class StatisticsTests
{
    private static readonly float[] _inputs = [0.5f, -1f, 2f, 1f, 0.25f, -0.5f, 0f, 1.5f, -1f];

    [Fact]
    public void Fisher_values_of_a_linear_classifier_are_those_of_the_softmax()
    {
        // d log p_c / d W_kj = ([c = k] - p_k) x_j; its square under p is p_k (1 - p_k) x_j^2.
        var layer = new Linear(3, 4, new RandomStream(1));
        Tensor inputs = Tensor.FromArray(_inputs, 3, 3);
        float[] p = layer.Forward(inputs).Softmax().ToArray();
        ModelState fisher = FisherEstimator.Classification(layer, [inputs], input => layer.Forward(input));
        for (int k = 0; k < 4; k++)
        {
            for (int j = 0; j < 3; j++)
            {
                double expected = Enumerable.Range(0, 3).Sum(row => p[(row * 4) + k] * (1.0 - p[(row * 4) + k]) * _inputs[(row * 3) + j] * _inputs[(row * 3) + j]) / 3;
                Assert.Equal(expected, fisher["weight"][(k * 3) + j], 1e-5);
            }

            Assert.Equal(Enumerable.Range(0, 3).Sum(row => p[(row * 4) + k] * (1.0 - p[(row * 4) + k])) / 3, fisher["bias"][k], 1e-5);
        }
    }

    [Fact]
    public void The_batch_rule_squares_the_gradient_of_the_whole_batch()
    {
        // d/dz_k sum_c s_c log p_c = s_k - p_k sum_c s_c with s = sqrt p held constant.
        var layer = new Linear(3, 4, new RandomStream(1));
        Tensor inputs = Tensor.FromArray(_inputs, 3, 3);
        float[] p = layer.Forward(inputs).Softmax().ToArray();
        ModelState fisher = FisherEstimator.Classification(layer, [inputs], input => layer.Forward(input), FisherRule.BatchSum);
        for (int k = 0; k < 4; k++)
        {
            double gradient = Enumerable.Range(0, 3).Sum(row => Math.Sqrt(p[(row * 4) + k]) - (p[(row * 4) + k] * Enumerable.Range(0, 4).Sum(c => Math.Sqrt(p[(row * 4) + c]))));
            Assert.Equal(gradient * gradient / 3, fisher["bias"][k], 1e-5);
        }
    }

    [Fact]
    public void The_regression_rule_squares_the_gradient_of_the_mean_squared_error()
    {
        var layer = new Linear(3, 1, new RandomStream(2));
        Tensor inputs = Tensor.FromArray(_inputs, 3, 3), targets = Tensor.FromArray([1f, 0f, -1f], 3, 1);
        float[] off = (layer.Forward(inputs) - targets).ToArray();
        layer.Train();
        ModelState fisher = FisherEstimator.Regression(layer, [(inputs, targets)], input => layer.Forward(input));
        double gradient = 2 * off.Sum() / 3;
        Assert.Equal(gradient * gradient / 3, fisher["bias"][0], 1e-5);
        Assert.True(layer.Training);
        Assert.Throws<MergeException>(() => FisherEstimator.Regression(layer, [], input => layer.Forward(input)));
    }

    [Fact]
    public void Gram_matrices_are_collected_per_layer_until_detached()
    {
        var network = new Mlp(3, new MlpOptions { Hidden = [5], OutputSize = 2 }, new RandomStream(3));
        Tensor inputs = Tensor.FromArray(_inputs, 3, 3);
        ModelState grams;
        using (GramCollector collector = GramCollector.Attach(network))
        {
            Assert.Throws<MergeException>(collector.ToState);
            network.Forward(inputs.Slice(0, 0, 2));
            network.Forward(inputs.Slice(0, 2, 1));
            grams = collector.ToState();
        }

        network.Forward(inputs);
        string[] layers = [.. network.NamedParameters().Select(entry => entry.Key).Where(name => name.EndsWith(".weight", StringComparison.Ordinal)).Select(name => name[..^".weight".Length])];
        Assert.Equal(layers.Order(StringComparer.Ordinal), grams.Names);
        Span<float> first = grams[layers[0]];
        for (int i = 0; i < 3; i++)
        {
            for (int j = 0; j < 3; j++) Assert.Equal(Enumerable.Range(0, 3).Sum(row => (double)_inputs[(row * 3) + i] * _inputs[(row * 3) + j]) / 3, first[(i * 3) + j], 1e-6);
        }
    }

    [Fact]
    public void Regression_on_two_layers_gives_the_outputs_that_both_asked_for()
    {
        // Model 0 sees only the first input, model 1 only the second: the merged layer answers as each on its own inputs.
        ModelState First(float a, float b) => new([("f.weight", new Shape(1, 2), [a, b]), ("f.bias", new Shape(1), [a])]);
        ModelState grams0 = new([("f", new Shape(2, 2), [1f, 0f, 0f, 0f])]), grams1 = new([("f", new Shape(2, 2), [0f, 0f, 0f, 4f])]);
        ModelState merged = RegMeanMerging.Merge([First(3, 7), First(9, 5)], [grams0, grams1]);
        GoldenNumbers.Near([3f, 5f], merged["f.weight"], 1e-6, 0, "weight");
        Assert.Equal(6f, merged["f.bias"][0]);
        MergeException singular = Assert.Throws<MergeException>(() => RegMeanMerging.Merge([First(3, 7), First(9, 5)], [grams0, grams0]));
        Assert.Contains("singular", singular.Message, StringComparison.Ordinal);
        Assert.Equal(6f, RegMeanMerging.Merge([First(3, 7), First(9, 5)], [grams0, grams0], new RegMeanOptions { Ridge = 1e-6 })["f.weight"][0], 1e-3f);
    }
}
