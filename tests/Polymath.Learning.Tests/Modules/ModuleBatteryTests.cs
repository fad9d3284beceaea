using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>What every public module must do, on every public module: a type that is missing from the table fails the first test.</summary>
public sealed class ModuleBatteryTests
{
    private const double Step = 0.005;

    public static TheoryData<string> Modules => [.. ModuleTable.Entries.Keys];

    public static TheoryData<string, bool> ModulesInBothModes
    {
        get
        {
            var rows = new TheoryData<string, bool>();
            foreach (string name in ModuleTable.Entries.Keys)
            {
                rows.Add(name, true);
                rows.Add(name, false);
            }

            return rows;
        }
    }

    [Fact]
    public void Every_public_module_is_in_the_battery()
    {
        string[] covered = [.. ModuleTable.Entries.Values.Select(entry => entry.Make(new RandomStream(1)).GetType().Name).Distinct().Order(StringComparer.Ordinal)];
        IEnumerable<string> known = typeof(Module).Assembly.GetExportedTypes()
            .Where(type => type.IsSubclassOf(typeof(Module)) && !type.IsAbstract)
            .Select(type => type.Name);
        Assert.Equal(known.Order(StringComparer.Ordinal), covered);
    }

    [Theory]
    [MemberData(nameof(ModulesInBothModes))]
    public void Gradients_of_several_outputs_equal_central_differences(string name, bool training)
    {
        ModuleEntry entry = ModuleTable.Entries[name];
        Module module = ModuleTable.Make(entry, training);
        Tensor input = ModuleTable.Input(entry);
        Tensor[] leaves = [input, .. module.NamedParameters().Select(parameter => parameter.Value.Value)];
        using (var tape = new Tape())
        {
            Tensor output = ModuleTable.Forward(entry, module, input);
            Tensor[] outputs = [(output * ModuleTable.Coefficients(output.Shape, 0)).Sum(), (output * ModuleTable.Coefficients(output.Shape, 1)).Sum()];
            Tensor[] gradients = tape.Gradients(outputs, leaves);
            for (int leaf = 0; leaf < leaves.Length; leaf++)
            {
                int length = leaves[leaf].Shape.Length;
                for (int i = 0; i < length; i++)
                {
                    double[] expected = Difference(leaves[leaf], i);
                    for (int k = 0; k < 2; k++) Assert.Equal(expected[k], gradients[leaf].Span[(k * length) + i], 2e-3 * Math.Max(1, Math.Abs(expected[k])));
                }
            }
        }

        // Fourth order: (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h.
        double[] Difference(Tensor leaf, int i)
        {
            float at = leaf.Span[i];
            double[] sum = new double[2];
            foreach ((double offset, double weight) in new[] { (Step, 8.0), (-Step, -8.0), (2 * Step, -1.0), (-2 * Step, 1.0) })
            {
                leaf.Span[i] = at + (float)offset;
                using var inner = new Tape();
                Tensor output = ModuleTable.Forward(entry, module, input);
                for (int k = 0; k < 2; k++)
                {
                    ReadOnlySpan<float> values = output.Span, coefficients = ModuleTable.Coefficients(output.Shape, k).Span;
                    for (int j = 0; j < values.Length; j++) sum[k] += weight / (12 * Step) * values[j] * coefficients[j];
                }
            }

            leaf.Span[i] = at;
            return sum;
        }
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void Names_are_unique_and_counted(string name)
    {
        Module module = ModuleTable.Entries[name].Make(new RandomStream(1));
        string[] names = [.. module.NamedParameters().Select(entry => entry.Key), .. module.NamedBuffers().Select(entry => entry.Key)];
        Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(module.NamedParameters().Sum(entry => (long)entry.Value.Shape.Length), module.ParameterCount);
        Assert.True(module.FlopsPerRow >= 0);
        Assert.All(module.NamedParameters(), entry => Assert.True(entry.Value.Value.RequiresGradient));
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void Inference_repeats_itself_and_changes_nothing(string name)
    {
        ModuleEntry entry = ModuleTable.Entries[name];
        Module module = ModuleTable.Make(entry, training: true);
        ModuleTable.Forward(entry, module, ModuleTable.Input(entry));
        module.Evaluate();
        Assert.False(module.Training);
        float[] state = State(module);
        Tensor input = ModuleTable.Input(entry);
        float[] first = entry.Forward(module, input).ToArray();
        Assert.Equal(first, entry.Forward(module, input).ToArray());
        Assert.Equal(state, State(module));
        Assert.All(first, value => Assert.True(float.IsFinite(value)));
        module.Train();
        Assert.True(module.Training);
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void Training_repeats_itself_from_the_same_random_position(string name)
    {
        ModuleEntry entry = ModuleTable.Entries[name];
        Module module = ModuleTable.Make(entry, training: true);
        Tensor input = ModuleTable.Input(entry);
        Assert.Equal(ModuleTable.Forward(entry, module, input).ToArray(), ModuleTable.Forward(entry, module, input).ToArray());
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void Copied_parameters_and_buffers_make_an_equal_module(string name)
    {
        ModuleEntry entry = ModuleTable.Entries[name];
        Module original = ModuleTable.Make(entry, training: true), copy = entry.Make(new RandomStream(99));
        ModuleTable.Forward(entry, original, ModuleTable.Input(entry));
        var buffers = copy.NamedBuffers().ToDictionary(pair => pair.Key, pair => pair.Value);
        var parameters = copy.NamedParameters().ToDictionary(pair => pair.Key, pair => pair.Value.Value);
        foreach ((string key, Parameter parameter) in original.NamedParameters()) parameter.Value.Span.CopyTo(parameters[key].Span);
        foreach ((string key, Tensor buffer) in original.NamedBuffers()) buffer.Span.CopyTo(buffers[key].Span);
        original.Evaluate();
        copy.Evaluate();
        Assert.Equal(entry.Forward(original, ModuleTable.Input(entry)).ToArray(), entry.Forward(copy, ModuleTable.Input(entry)).ToArray());
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void The_same_seed_makes_the_same_module_also_while_a_tape_is_open(string name)
    {
        ModuleEntry entry = ModuleTable.Entries[name];
        Module outside = entry.Make(new RandomStream(7)), inside;
        using (new Tape()) inside = entry.Make(new RandomStream(7));
        Assert.Equal(State(outside), State(inside));
    }

    private static float[] State(Module module)
        => [.. module.NamedParameters().SelectMany(entry => entry.Value.Value.ToArray()), .. module.NamedBuffers().SelectMany(entry => entry.Value.ToArray())];
}
