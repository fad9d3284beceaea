using System.Text.Json;
using Polymath.Learning;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Models of the MultiTab repository: names of their parameters, tasks and inputs.</summary>
internal static class MultiTabFixture
{
    public static TaskSet Tasks(JsonElement inputs)
    {
        if (inputs.TryGetProperty("task_types", out JsonElement types)) return new TaskSet(types.EnumerateObject().Select(task => task.Value.GetString() == "regression" ? Target.Regression(task.Name) : Target.Binary(task.Name)));
        return new TaskSet(inputs.GetProperty("config").GetProperty("tasks").EnumerateArray().Select(task => Target.Binary(task.GetString()!)));
    }

    /// <summary>The model whose kind the file's name tells, with the state of the file.</summary>
    public static TabularModel Load(string file, TaskSet tasks, Dictionary<string, GoldenArray> state, int width)
    {
        Dictionary<string, GoldenArray> ours = Names(tasks).Translate(state);
        FeatureSchema schema = FeatureSchema.Numeric(width);
        return file.Contains("sharedbottom", StringComparison.Ordinal) ? GoldenModel.SharedBottom(ours, schema, tasks)
            : file.Contains("mmoe", StringComparison.Ordinal) ? GoldenModel.MMoE(ours, schema, tasks)
            : GoldenModel.Ple(ours, schema, tasks);
    }

    public static TorchNames Names(TaskSet tasks)
    {
        const string Layer = @"mlp\.(?<l>\d+)\.", Linear = Layer + @"0\.(?<p>\w+)", Norm = Layer + @"1\.(?<p>\w+)";
        var names = new TorchNames().Ignore(@".*\.num_batches_tracked");
        Stack(@"experts\.(?<e>\d+)\.mlp\.", "mixture.experts.${e}");
        Stack(@"layers\.(?<v>\d+)\.shared_experts\.(?<e>\d+)\.mlp\.", "levels.${v}.shared.${e}");
        Stack(@"layers\.(?<v>\d+)\.task_experts\.(?<t>\d+)\.(?<e>\d+)\.mlp\.", "levels.${v}.specific.${t}.${e}");
        Stack(@"shared_layer\.", "bottom");
        Stack(@"heads\.(?<t>\d+)\.0\.", "towers.${t}");
        names.Rule(@"heads\.(\d+)\.1\.(\w+)", "towers.$1.output.$2");
        names.Rule(@"layers\.(\d+)\.shared_gate\.fc\.(\w+)", "levels.$1.shared_gate.linear.$2");
        names.Rule(@"layers\.(\d+)\.task_gates\.(\d+)\.fc\.(\w+)", "levels.$1.gates.$2.linear.$3");
        for (int t = 0; t < tasks.Count; t++)
        {
            string task = System.Text.RegularExpressions.Regex.Escape(tasks[t].Name);
            names.Rule($@"gates\.{task}\.fc\.(\w+)", $"mixture.gates.{t}.linear.$1");
            Stack($@"towers\.{task}\.tower\.0\.", $"towers.{t}");
            names.Rule($@"towers\.{task}\.tower\.1\.(\w+)", $"towers.{t}.output.$1");
        }

        return names;

        void Stack(string prefix, string ours) => names.Rule(prefix + Linear, ours + ".layers.${l}.linear.${p}").Rule(prefix + Norm, ours + ".layers.${l}.norm.${p}");
    }

    public static Batch Batch(GoldenArray x) => new()
    {
        Rows = x.Shape[0],
        Numeric = Tensor.FromArray(x.Values, x.Shape),
        Categories = new IndexTensor([x.Shape[0], 0]),
        Targets = Tensor.Zeros(x.Shape[0], 1),
    };

    /// <summary>Mean loss of one task: binary cross-entropy softplus(z) - y z, or squared error.</summary>
    public static Tensor Loss(Target task, Tensor output, GoldenArray labels)
    {
        Tensor z = output.Reshape(labels.Values.Length), y = Tensor.FromArray(labels.Values);
        return task.Kind == TaskKind.Binary ? (z.Softplus() - (y * z)).Mean() : ((z - y) * (z - y)).Mean();
    }
}
