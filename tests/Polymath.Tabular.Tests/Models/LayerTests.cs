using Polymath.Learning;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

public sealed class LayerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Rows_of_a_convex_stitch_sum_to_one(int tasks)
    {
        var unit = new CrossStitchUnit(tasks);
        Assert.All(unit.Alpha.Value.Sum(1).ToArray(), sum => Assert.Equal(1f, sum, 1e-6f));
        Assert.Equal(tasks == 1 ? 1f : 0.9f, unit.Alpha.Value[0, 0], 1e-6f);
    }

    [Fact]
    public void A_shared_bottom_offers_its_representation_while_it_is_recorded()
    {
        TabularModel model = TinyProblem.Create("shared-bottom", 2);
        TinyProblem.Forward(model, TinyProblem.Batch());
        Assert.True(model.SharedRepresentation.IsEmpty);
        using var tape = new Tape();
        Tensor[] outputs = TinyProblem.Forward(model, TinyProblem.Batch());
        Assert.Equal(new Shape(TinyProblem.Rows, 3), model.SharedRepresentation.Shape);
        Assert.All(outputs, output => Assert.True(tape.DependsOn(output, model.SharedRepresentation)));
    }

    [Fact]
    public void A_stitch_mixes_activations_by_its_row()
    {
        var unit = new CrossStitchUnit(2, CrossStitchInit.Convex, same: 0.75f);
        Tensor a = Tensor.FromArray([1f, 2f, 3f, 4f], 2, 2), b = Tensor.FromArray([-1f, 0f, 1f, 8f], 2, 2);
        Tensor[] mixed = new Tensor[2];
        unit.Forward([a, b], mixed);
        Assert.Equal(((a * 0.75f) + (b * 0.25f)).ToArray(), mixed[0].ToArray());
        Assert.Equal(((a * 0.25f) + (b * 0.75f)).ToArray(), mixed[1].ToArray());
    }

    [Fact]
    public void A_stitch_of_ones_adds_all_activations_up()
    {
        Tensor[] mixed = new Tensor[3];
        new CrossStitchUnit(3, CrossStitchInit.Ones).Forward([Tensor.Full(1f, 2, 2), Tensor.Full(2f, 2, 2), Tensor.Full(3f, 2, 2)], mixed);
        Assert.All(mixed, tensor => Assert.All(tensor.ToArray(), value => Assert.Equal(6f, value)));
    }

    [Fact]
    public void Equal_experts_come_out_of_any_mixture_unchanged()
    {
        var layer = new MmoeLayer(3, gates: 2, experts: 4, new MlpOptions { Hidden = [5] }, new GateOptions { Hidden = [3] }, new RandomStream(1));
        foreach (Mlp expert in layer.Experts)
        {
            layer.Experts[0].Layers[0].Weight.Value.Span.CopyTo(expert.Layers[0].Weight.Value.Span);
            layer.Experts[0].Layers[0].Bias!.Value.Span.CopyTo(expert.Layers[0].Bias!.Value.Span);
        }

        Tensor x = Tensor.Normal(new RandomStream(2), new Shape(6, 3));
        Tensor[] outputs = new Tensor[2];
        layer.Forward(x, outputs);
        float[] expected = layer.Experts[0].Forward(x).ToArray();
        foreach (Tensor output in outputs) Assert.All(expected.Zip(output.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void Experts_of_one_task_are_out_of_reach_for_another()
    {
        var layer = new CgcLayer(3, new CgcLayerOptions { SpecificExperts = [1, 2], SharedExperts = 1, Expert = new MlpOptions { Hidden = [4] }, SharedGate = false }, new RandomStream(1));
        using var tape = new Tape();
        Tensor x = Tensor.Ones(2, 3);
        Tensor[] outputs = new Tensor[2];
        layer.Forward([x, x, x], outputs);
        KeyValuePair<string, Parameter>[] parameters = [.. layer.NamedParameters()];
        bool[,] reach = tape.Reach([outputs[0].Sum(), outputs[1].Sum()], [.. parameters.Select(entry => entry.Value.Value)]);
        for (int p = 0; p < parameters.Length; p++)
        {
            bool shared = parameters[p].Key.StartsWith("shared.", StringComparison.Ordinal), second = parameters[p].Key.Split('.')[1] == "1";
            Assert.Equal(shared || !second, reach[0, p]);
            Assert.Equal(shared || second, reach[1, p]);
        }
    }

    [Fact]
    public void Wrong_numbers_of_streams_are_refused()
    {
        var layer = new CgcLayer(3, new CgcLayerOptions { SpecificExperts = [1, 1], SharedExperts = 1, Expert = new MlpOptions { Hidden = [4] } }, new RandomStream(1));
        Tensor x = Tensor.Ones(2, 3);
        Assert.Contains("expected 3", Assert.Throws<TensorException>(() => layer.Forward([x, x], new Tensor[3])).Message, StringComparison.Ordinal);
        Assert.Contains("expected 3", Assert.Throws<TensorException>(() => layer.Forward([x, x, x], new Tensor[2])).Message, StringComparison.Ordinal);
        Assert.Throws<TensorException>(() => new CrossStitchUnit(2).Forward([x], new Tensor[1]));
    }

    [Fact]
    public void A_warmed_up_forward_pass_of_a_model_without_categories_allocates_nothing()
    {
        TaskSet tasks = new(Target.Binary("click"), Target.Binary("buy"));
        var model = new MMoE(FeatureSchema.Numeric(4), tasks, new MMoEOptions { Experts = 3, ExpertHidden = [8], TowerHidden = [4] });
        var batch = new Batch { Rows = 16, Numeric = Tensor.Normal(new RandomStream(2), new Shape(16, 4)), Categories = new IndexTensor([16, 0]), Targets = Tensor.Zeros(16, 2) };
        Tensor[] outputs = new Tensor[2];
        using var tape = new Tape();
        for (int i = 0; i < 20; i++) Step();
        Assert.Equal(0, SteadyAllocation.Of(() =>
        {
            for (int i = 0; i < 10; i++) Step();
        }));

        void Step()
        {
            tape.Reset();
            model.Forward(batch, outputs);
        }
    }
}
