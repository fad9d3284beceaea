using Polymath.Learning;
using Polymath.Learning.Losses;
using Polymath.Tensors;

namespace Polymath.Benchmarks.Comparison;

/// <summary>A trunk of ReLU layers under one linear head per task, with fixed inputs and labels and the squared error as loss.</summary>
internal sealed class HeadedMlp : Module
{
    private readonly Mlp _trunk;
    private readonly Linear[] _heads;
    private readonly Tensor _inputs;
    private readonly float[][] _labels;
    private readonly MeanSquaredError _loss = new();

    public HeadedMlp(MlpSize size, int tasks)
    {
        var random = new RandomStream(1);
        _trunk = Add("trunk", new Mlp(size.Inputs, new MlpOptions { Hidden = size.Hidden }, random.Derive("trunk")));
        _heads = [.. Enumerable.Range(0, tasks).Select(k => Add($"heads.{k}", new Linear(size.Hidden[^1], 1, random.Derive($"head {k}"))))];
        _inputs = Tensor.Normal(random, new Shape(size.Batch, size.Inputs));
        _labels = [.. Enumerable.Range(0, tasks).Select(_ => new float[size.Batch])];
        foreach (float[] labels in _labels) random.FillNormal(labels);
    }

    /// <summary>The trunk's parameters, then the heads'.</summary>
    public ParameterLayout Layout() => new(LeavesOf(_trunk), _heads.SelectMany(LeavesOf));

    /// <summary>The losses of all tasks.</summary>
    public void Losses(Span<Tensor> losses)
    {
        Tensor h = _trunk.Forward(_inputs);
        for (int k = 0; k < losses.Length; k++) losses[k] = _loss.Mean(_heads[k].Forward(h), _labels[k], out _);
    }

    private static IEnumerable<Tensor> LeavesOf(Module module) => module.NamedParameters().Select(entry => entry.Value.Value);
}
