using Polymath.Learning;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Merging.Tests;

/// <summary>A small encoder with batch normalisation and dropout, random experts, and random inputs behind random heads.</summary>
internal sealed class TinyBench
{
    private const int Inputs = 5, Code = 4, Classes = 3, Rows = 40;
    private readonly Tensor _x;
    private readonly (Tensor Weight, Tensor Bias)[] _heads;

    public TinyBench(int tasks, int hidden = 7, float length = 0.3f)
    {
        var random = new RandomStream(5);
        Network = new Mlp(Inputs, new MlpOptions { Hidden = [hidden], OutputSize = Code, BatchNorm = true, Dropout = 0.2f, Activation = Activation.Tanh }, random.Derive("weights"));
        Theta0 = ModelState.From(Network);
        Pool = new(Theta0, [.. Enumerable.Range(0, tasks).Select(task => new NamedTaskVector($"t{task}", Direction(random.Derive("tau").Derive((ulong)task), length)))]);
        _x = Tensor.Normal(random.Derive("x"), new Shape(Rows, Inputs));
        _heads = [.. Enumerable.Range(0, tasks).Select(task => (Tensor.Normal(random.Derive("head").Derive((ulong)task), new Shape(Classes, Code)), Tensor.Zeros(Classes)))];
        Labels = [.. Enumerable.Range(0, Rows).Select(row => row % Classes)];
    }

    public Mlp Network { get; }

    public ModelState Theta0 { get; }

    public TaskVectorPool Pool { get; }

    public int[] Labels { get; }

    public Tensor Logits(int task, ReadOnlySpan<int> rows) => Fused.Linear(Network.Forward(_x.GatherRows(IndexTensor.FromArray(rows))), _heads[task].Weight, _heads[task].Bias);

    public UnlabeledTask[] Unlabeled => [.. Enumerable.Range(0, _heads.Length).Select(task => new UnlabeledTask($"t{task}", Rows, rows => Logits(task, rows)))];

    public SupervisedTask Supervised(int task, string? name = null) => SupervisedTask.Classification(name ?? $"t{task}", Labels, rows => Logits(task, rows));

    public ProbeTask Probe(int task) => new($"t{task}", Rows, rows => InfoNce.Mean(Logits(task, rows), Logits((task + 1) % _heads.Length, rows) + Logits(task, rows), 0.5f));

    private TaskVector Direction(RandomStream random, float length) => new(Theta0.Map((_, values) =>
    {
        float[] change = new float[values.Length];
        random.FillNormal(change, 0f, length);
        return change;
    }));
}
