using System.Text.Json;
using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>The network of the flat-region fixtures: two linear layers with a tanh after each, and a linear head of classes per task.</summary>
internal sealed class FlatNet : MultiTaskModel
{
    private readonly Linear _first, _second;
    private readonly Linear[] _heads;

    public FlatNet(JsonElement initial, int tasks)
        : base(new TaskSet([.. Enumerable.Range(1, tasks).Select(k => Target.MultiClass($"task_{k}", initial.GetProperty($"task_{k}.weight").GetArrayLength()))]))
    {
        var random = new RandomStream(1);
        _first = Add("encoder.0", Like(initial.GetProperty("encoder.0.weight"), random));
        _second = Add("encoder.2", Like(initial.GetProperty("encoder.2.weight"), random));
        _heads = new Linear[tasks];
        for (int k = 0; k < tasks; k++) _heads[k] = Add(Tasks[k].Name, Like(initial.GetProperty($"{Tasks[k].Name}.weight"), random));
        foreach ((string name, Parameter parameter) in NamedParameters()) Flatten(initial.GetProperty(name)).CopyTo(parameter.Value.Span);
    }

    public int Inputs => _first.Inputs;

    public override void Forward(Batch batch, Span<Tensor> outputs)
    {
        Tensor features = _second.Forward(_first.Forward(batch.Numeric, Activation.Tanh), Activation.Tanh);
        for (int k = 0; k < outputs.Length; k++) outputs[k] = _heads[k].Forward(features);
    }

    /// <summary>The numbers of nested arrays, in order.</summary>
    public static float[] Flatten(JsonElement element) => element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().SelectMany(Flatten)] : [element.GetSingle()];

    private static Linear Like(JsonElement weight, RandomStream random) => new(weight[0].GetArrayLength(), weight.GetArrayLength(), random);
}
