using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tests;

public sealed class MlpTests
{
    [Fact]
    public void Default_names_tell_layer_and_part()
    {
        var mlp = new Mlp(3, new MlpOptions { Hidden = [4, 5], BatchNorm = true, Dropout = 0.1f, OutputSize = 2 }, new RandomStream(1));
        Assert.Equal(
            ["layers.0.linear.weight", "layers.0.linear.bias", "layers.0.norm.weight", "layers.0.norm.bias",
             "layers.1.linear.weight", "layers.1.linear.bias", "layers.1.norm.weight", "layers.1.norm.bias", "output.weight", "output.bias"],
            mlp.NamedParameters().Select(entry => entry.Key));
        Assert.Equal((3, 2), (mlp.Inputs, mlp.Outputs));
        Assert.Equal(2 * ((3 * 4) + (4 * 5) + (5 * 2)) + (2 * (4 + 5)), mlp.FlopsPerRow);
    }

    [Fact]
    public void Sequential_names_are_positions_in_a_flat_list()
    {
        var mlp = new Mlp(3, new MlpOptions { Hidden = [4, 5], BatchNorm = true, OutputSize = 1, OutputBias = false, Names = MlpNames.Sequential("mlp.", stride: 4) }, new RandomStream(1));
        Assert.Equal(
            ["mlp.0.weight", "mlp.0.bias", "mlp.1.weight", "mlp.1.bias", "mlp.4.weight", "mlp.4.bias", "mlp.5.weight", "mlp.5.bias", "mlp.8.weight"],
            mlp.NamedParameters().Select(entry => entry.Key));
    }

    [Fact]
    public void A_layer_is_linear_then_norm_then_activation()
    {
        var mlp = new Mlp(3, new MlpOptions { Hidden = [4], BatchNorm = true, OutputSize = 2 }, new RandomStream(1));
        Tensor x = Tensor.Normal(new RandomStream(2), new Shape(6, 3));
        Tensor h = Fused.Linear(x, mlp.Layers[0].Weight.Value, mlp.Layers[0].Bias!.Value);
        Tensor centred = h - h.Mean(0, keepAxis: true);
        Tensor expected = Fused.Linear((centred / ((centred * centred).Mean(0, keepAxis: true) + 1e-5f).Sqrt()).Relu(), mlp.Output!.Weight.Value, mlp.Output.Bias!.Value);
        Tensor actual = mlp.Forward(x);
        for (int i = 0; i < expected.Shape.Length; i++) Assert.Equal(expected.Span[i], actual.Span[i], 1e-5f);
    }

    [Fact]
    public void Without_layers_the_input_passes()
    {
        var mlp = new Mlp(3, new MlpOptions(), new RandomStream(1));
        Tensor x = Tensor.Ones(2, 3);
        Assert.Equal(x.ToArray(), mlp.Forward(x).ToArray());
        Assert.Equal((3, 0L), (mlp.Outputs, mlp.ParameterCount));
    }

    [Fact]
    public void The_four_conventions_draw_what_their_libraries_draw()
    {
        (float multiTab, float multiTabBias) = Draw(MlpOptions.MultiTab);
        Assert.Equal((0.01f, 0f), (MathF.Round(multiTab, 3), multiTabBias));
        (float recHub, float recHubBias) = Draw(MlpOptions.RecHub);
        Assert.Equal(0.1f / MathF.Sqrt(3), recHub, 2e-3f);
        Assert.NotEqual(0f, recHubBias);
        (float deepCtr, float deepCtrBias) = Draw(MlpOptions.DeepCtr);
        Assert.Equal(1e-4f, deepCtr, 5e-6f);
        Assert.NotEqual(0f, deepCtrBias);
        (float fuxiCtr, float fuxiCtrBias) = Draw(MlpOptions.FuxiCtr);
        Assert.Equal((0.1f, 0f), (MathF.Round(fuxiCtr, 2), fuxiCtrBias));
        Assert.True(MlpOptions.MultiTab.BatchNorm && MlpOptions.RecHub.BatchNorm && !MlpOptions.DeepCtr.BatchNorm && !MlpOptions.FuxiCtr.BatchNorm);
        Assert.Null(new Mlp(4, MlpOptions.DeepCtr with { Hidden = [3], OutputSize = 1 }, new RandomStream(1)).Output!.Bias);

        static (float Deviation, float Bias) Draw(MlpOptions options)
        {
            var mlp = new Mlp(100, options with { Hidden = [100] }, new RandomStream(1));
            float[] weight = mlp.Layers[0].Weight.Value.ToArray();
            return (MathF.Sqrt(weight.Average(w => w * w)), mlp.Layers[0].Bias!.Value[0]);
        }
    }

    [Fact]
    public void A_hidden_layer_without_width_is_refused()
        => Assert.Contains("layer 1 has width 0", Assert.Throws<ArgumentOutOfRangeException>(() => new Mlp(3, new MlpOptions { Hidden = [4, 0] }, new RandomStream(1))).Message, StringComparison.Ordinal);
}
