using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Every public module with a small input; the tests that every module must pass read it.</summary>
internal static class ModuleTable
{
    public static readonly Dictionary<string, ModuleEntry> Entries = new(StringComparer.Ordinal)
    {
        ["Linear"] = new(random => new Linear(4, 3, random), [5, 4], (module, x) => ((Linear)module).Forward(x)),
        ["Linear without bias"] = new(random => new Linear(4, 3, random, bias: false), [2, 5, 4], (module, x) => ((Linear)module).Forward(x)),
        ["Embedding"] = new(random => new Embedding(6, 3, random), [4, 3], (module, x) => ((Embedding)module).Forward(IndexTensor.FromArray([5, 0, 5, 2])) * x),
        ["BatchNorm1d"] = new(_ => new BatchNorm1d(3), [5, 3], (module, x) => ((BatchNorm1d)module).Forward(x)),
        ["LayerNorm"] = new(_ => new LayerNorm(4), [3, 4], (module, x) => ((LayerNorm)module).Forward(x)),
        ["RmsNorm"] = new(_ => new RmsNorm(4), [2, 2, 4], (module, x) => ((RmsNorm)module).Forward(x)),
        ["Dropout"] = new(_ => new Dropout(0.4f), [3, 4], (module, x) => ((Dropout)module).Forward(x)),
        ["Mlp"] = new(
            random => new Mlp(4, new MlpOptions { Hidden = [5, 3], Activation = Activation.Tanh, BatchNorm = true, Dropout = 0.3f, OutputSize = 2 }, random),
            [6, 4], (module, x) => ((Mlp)module).Forward(x)),
        ["Mlp with layer norm"] = new(
            random => new Mlp(4, new MlpOptions { Hidden = [5], Activation = Activation.Silu, LayerNorm = true, OutputSize = 2 }, random),
            [3, 4], (module, x) => ((Mlp)module).Forward(x)),
        ["Mlp without norm"] = new(
            random => new Mlp(4, new MlpOptions { Hidden = [5], Activation = Activation.Silu, OutputSize = 2, OutputBias = false }, random),
            [1, 4], (module, x) => ((Mlp)module).Forward(x)),
        ["MultiheadAttention"] = new(random => new MultiheadAttention(4, 2, random), [2, 3, 4], (module, x) => ((MultiheadAttention)module).Forward(x)),
        ["MultiheadAttention masked"] = new(
            random => new MultiheadAttention(4, 2, random, dropout: 0.3f),
            [2, 3, 4], (module, x) => ((MultiheadAttention)module).Forward(x, MultiheadAttention.CausalMask(3))),
        ["MultiheadAttention across"] = new(
            random => new MultiheadAttention(4, 2, random),
            [2, 3, 4], (module, x) => ((MultiheadAttention)module).Forward(x.Slice(1, 0, 2), x, x * x)),
    };

    public static Module Make(ModuleEntry entry, bool training)
    {
        Module module = entry.Make(new RandomStream(5).Derive("init"));
        module.SetRandom(new RandomStream(6));

        // Away from their starting values, so that a forgotten scale or shift shows.
        var random = new RandomStream(8);
        foreach ((_, Parameter parameter) in module.NamedParameters())
        {
            foreach (ref float value in parameter.Value.Span) value += 0.2f * random.NextNormal();
        }

        if (!training) module.Evaluate();
        return module;
    }

    public static Tensor Input(ModuleEntry entry) => Tensor.Normal(new RandomStream(11), new Shape(entry.Input)).Keep().WithGradient();

    public static Tensor Forward(ModuleEntry entry, Module module, Tensor input)
    {
        module.Random.Position = 0;
        return entry.Forward(module, input);
    }

    public static Tensor Coefficients(in Shape shape, int k) => Tensor.Normal(new RandomStream(20 + (ulong)k), shape);
}
