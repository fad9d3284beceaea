using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

public sealed class FeatureGateTests
{
    private const int Inputs = 5;

    [Theory]
    [InlineData(FeatureGateKind.Lora)]
    [InlineData(FeatureGateKind.Mlp)]
    public void A_new_gate_passes_its_input_on(FeatureGateKind kind)
    {
        var gate = new FeatureGate(Inputs, new FeatureGateOptions { Kind = kind, Rank = 2, Count = 3 }, new RandomStream(1));
        Tensor v = Tensor.Normal(new RandomStream(2), new Shape(4, Inputs));
        Assert.All(gate.Factors(v).ToArray(), factor => Assert.Equal(1f, factor, 1e-6f));
        Assert.All(v.ToArray().Zip(gate.Forward(v).ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void Factors_are_the_mixture_of_twice_the_sigmoids_of_the_low_rank_maps()
    {
        const int Rank = 2, Count = 3;
        var gate = new FeatureGate(Inputs, new FeatureGateOptions { Rank = Rank, Count = Count }, new RandomStream(1));
        Dictionary<string, float[]> values = [];
        foreach ((string name, Learning.Parameter parameter) in gate.NamedParameters())
        {
            new RandomStream(3).Derive(name).FillNormal(parameter.Value.Span);
            values[name] = parameter.Value.ToArray();
        }

        Tensor v = Tensor.Normal(new RandomStream(2), new Shape(1, Inputs));
        float[] x = v.ToArray(), factors = gate.Factors(v).ToArray();
        double[] logits = [.. Enumerable.Range(0, Count).Select(l => values["mix.bias"][l] + Enumerable.Range(0, Inputs).Sum(d => (double)x[d] * values["mix.weight"][(l * Inputs) + d]))];
        double total = logits.Sum(Math.Exp);
        for (int i = 0; i < Inputs; i++)
        {
            double expected = 0;
            for (int l = 0; l < Count; l++)
            {
                double u = Enumerable.Range(0, Rank).Sum(j => values[$"up.{l}.weight"][(i * Rank) + j] * Enumerable.Range(0, Inputs).Sum(d => (double)x[d] * values["down.weight"][(((l * Rank) + j) * Inputs) + d]));
                expected += Math.Exp(logits[l]) / total * 2 / (1 + Math.Exp(-u));
            }

            Assert.Equal(expected, factors[i], 1e-5);
            Assert.InRange(factors[i], 0f, 2f);
        }
    }

    [Fact]
    public void A_self_gate_of_one_expert_is_a_sigmoid_and_of_several_a_softmax()
    {
        Tensor v = Tensor.Normal(new RandomStream(2), new Shape(4, Inputs));
        var one = new SelfGate(Inputs, 1, new RandomStream(1));
        float[] weights = one.Forward(v).ToArray();
        Learning.Parameter[] parameters = [.. one.NamedParameters().Select(entry => entry.Value)];
        float[] map = parameters[0].Value.ToArray(), x = v.ToArray();
        for (int row = 0; row < 4; row++) Assert.Equal(1 / (1 + Math.Exp(-(parameters[1].Value.Span[0] + Enumerable.Range(0, Inputs).Sum(d => (double)map[d] * x[(row * Inputs) + d])))), weights[row], 1e-5);
        Assert.All(new SelfGate(Inputs, 3, new RandomStream(1)).Forward(v).Sum(1).ToArray(), sum => Assert.Equal(1f, sum, 1e-5f));
    }

    [Fact]
    public void Sizes_below_one_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new FeatureGate(Inputs, new FeatureGateOptions { Rank = 0 }, new RandomStream(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FeatureGate(Inputs, new FeatureGateOptions { Count = 0 }, new RandomStream(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FeatureGate(0, new FeatureGateOptions(), new RandomStream(1)));
    }
}
