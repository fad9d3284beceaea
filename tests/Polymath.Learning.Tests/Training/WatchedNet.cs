using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>A linear trunk with a zero bias and a linear head per task, which remembers its parameters at every forward pass.</summary>
internal sealed class WatchedNet : MultiTaskModel
{
    private readonly Linear _trunk;
    private readonly Linear[] _heads;

    public WatchedNet(TaskSet tasks, int width = 5)
        : base(tasks)
    {
        var random = new RandomStream(4);
        _trunk = Add("trunk", new Linear(ToyData.Features, width, random));
        _trunk.Bias!.Value.Span.Clear();
        _heads = [.. Enumerable.Range(0, tasks.Count).Select(k => Add($"heads.{k}", new Linear(width, tasks[k].Outputs, random)))];
    }

    /// <summary>All parameters by name, one entry per forward pass.</summary>
    public List<Dictionary<string, float[]>> Passes { get; } = [];

    public override void Forward(Batch batch, Span<Tensor> outputs)
    {
        Passes.Add(NamedParameters().ToDictionary(entry => entry.Key, entry => entry.Value.Value.ToArray(), StringComparer.Ordinal));
        Tensor x = _trunk.Forward(batch.Numeric, Activation.Tanh);
        for (int k = 0; k < outputs.Length; k++) outputs[k] = _heads[k].Forward(x);
    }
}
