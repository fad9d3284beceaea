using Polymath.Merging.Blending;

namespace Polymath.Merging.Tests;

/// <summary>Identities of single methods.</summary>
public sealed class MethodIdentityTests
{
    [Fact]
    public void Ties_of_one_model_at_density_one_is_that_model()
    {
        using var merge = new MethodCase("ties", [6, 5], most: 1) { Density = 1 };
        GoldenNumbers.Near(merge.Tuned[0], merge.Merge(), 1e-6, 1e-6, "ties");
    }

    [Theory]
    [InlineData("model_stock")]
    [InlineData("multislerp")]
    [InlineData("consensus_ta")]
    public void Equal_models_away_from_the_base_say_so(string method)
    {
        // model_stock: all cosines are 1, so t = 1. multislerp: one direction at one length. consensus_ta: d = n d_m, every task needs every element.
        using var merge = new MethodCase(method, [6, 5]);
        merge.Tuned = [.. merge.Tuned.Select(_ => merge.Tuned[0])];
        float scale = method == "consensus_ta" ? 0.3f * merge.Models : 1f;
        float[] expected = [.. merge.Tuned[0].Select((value, i) => merge.Base![i] + (scale * (value - merge.Base[i])))];
        GoldenNumbers.Near(expected, merge.Merge(), 2e-6, 1e-5, method);
    }

    [Fact]
    public void Dare_is_task_arithmetic_on_average_over_seeds()
    {
        const int Seeds = 600;
        using MethodCase dare = new("dare_linear", [6, 5]), plain = new("task_arithmetic", [6, 5]);
        double[] mean = new double[dare.Elements];
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            float[] merged = dare.Merge(new MergeSettings { Draws = new RandomDraws(seed), Rescale = RescaleMode.InverseKeepProbability });
            for (int i = 0; i < mean.Length; i++) mean[i] += merged[i] / Seeds;
        }

        float[] expected = plain.Merge();
        for (int i = 0; i < mean.Length; i++)
        {
            // A kept element is d / p: variance (w d)^2 (1 - p) / p a model, with p = 1/2.
            double variance = dare.Tuned.Sum(model => Math.Pow((model[i] - dare.Base![i]) / dare.Models, 2));
            Assert.InRange(mean[i] - expected[i], -5 * Math.Sqrt(variance / Seeds) - 1e-6, (5 * Math.Sqrt(variance / Seeds)) + 1e-6);
        }
    }

    [Fact]
    public void A_slerp_at_its_ends_is_either_model_and_keeps_the_length_of_unit_vectors_between()
    {
        float[] along = [1f, 0f, 0f], across = [0f, 0f, 1f];
        float[] middle = Slerp(along, across, 0.5);
        GoldenNumbers.Near([0.70710678f, 0f, 0.70710678f], middle, 1e-6, 0, "middle");
        GoldenNumbers.Near(along, Slerp(along, across, 0), 1e-6, 0, "start");
        GoldenNumbers.Near(across, Slerp(along, across, 1), 1e-6, 0, "end");
    }

    [Fact]
    public void Directions_that_cancel_are_an_error_for_three_models()
    {
        using var merge = new MethodCase("multislerp", [2]);
        merge.Base = [0f, 0f];
        merge.Tuned = [[1f, 0f], [-0.5f, 0.8660254f], [-0.5f, -0.8660254f]];
        Assert.Contains("cancel", Assert.Throws<MergeException>(() => merge.Merge(new MergeSettings())).Message, StringComparison.Ordinal);
    }

    private static float[] Slerp(float[] theta0, float[] other, double t)
    {
        using var merge = new MethodCase("slerp", [3]);
        merge.Base = theta0;
        merge.Tuned = [other];
        TensorMerge built = merge.Build();
        return merge.Method.Merge(new TensorMerge(built.Name, built.Shape, built.Sources, new([new("t", t)])));
    }
}
