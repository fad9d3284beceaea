using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>A trunk with optional batch norm and dropout, and a linear head per task.</summary>
internal sealed class ToyModel : MultiTaskModel
{
    private readonly Mlp _trunk;
    private readonly Linear[] _heads;

    public ToyModel(TaskSet tasks, int features = ToyData.Features, int width = 8, bool batchNorm = false, float dropout = 0f, ulong seed = 1)
        : base(tasks)
    {
        var random = new RandomStream(seed);
        _trunk = Add("trunk", new Mlp(features, new MlpOptions { Hidden = [width], BatchNorm = batchNorm, Dropout = dropout }, random.Derive("trunk")));
        _heads = new Linear[tasks.Count];
        for (int k = 0; k < _heads.Length; k++) _heads[k] = Add($"heads.{k}", new Linear(width, tasks[k].Outputs, random.Derive($"head{k}")));
    }

    public override void Forward(Batch batch, Span<Tensor> outputs)
    {
        Tensor x = Share(_trunk.Forward(batch.Numeric));
        for (int k = 0; k < outputs.Length; k++) outputs[k] = _heads[k].Forward(x);
    }

    /// <summary>All weights and buffers.</summary>
    public static float[] Values(Module model)
        => [.. model.NamedParameters().SelectMany(entry => entry.Value.Value.ToArray()), .. model.NamedBuffers().SelectMany(entry => entry.Value.ToArray())];
}
