using Polymath.Learning;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>A few rows with two numeric columns and two categorical fields, and K tasks of mixed kinds.</summary>
internal static class TinyProblem
{
    public const int Rows = 6;

    public static FeatureSchema Schema { get; } = new(["age", "hours"], [new CategoricalFeature("city", 3), new CategoricalFeature("job", 5)]);

    public static TaskSet Tasks(int count) => new(Enumerable.Range(0, count).Select(t => (t % 3) switch
    {
        0 => Target.Binary($"task{t}"),
        1 => Target.Regression($"task{t}"),
        _ => Target.MultiClass($"task{t}", 3),
    }));

    /// <summary>Tasks that a model takes: steps of a funnel are binary.</summary>
    public static TaskSet TasksOf(string model, int count)
        => TabularModels.Find(model).TakesFunnel ? new TaskSet(Enumerable.Range(0, count).Select(t => Target.Binary($"task{t}"))) : Tasks(count);

    public static Batch Batch(int rows = Rows, int tasks = 1)
    {
        var random = new RandomStream(5);
        var ids = new IndexTensor([rows, 2]);
        for (int row = 0; row < rows; row++)
        {
            ids.Span[2 * row] = random.NextInt32(3);
            ids.Span[(2 * row) + 1] = random.NextInt32(5);
        }

        return new Batch { Rows = rows, Numeric = Tensor.Normal(random.Derive("numeric"), new Shape(rows, 2)).Keep(), Categories = ids, Targets = Tensor.Zeros(rows, tasks) };
    }

    /// <summary>Small sizes of every option that a model has, and a smooth activation so that finite differences converge.</summary>
    public static Dictionary<string, string> Options(string model, bool batchNorm = false)
    {
        var small = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["bottom-hidden"] = "4/3",
            ["expert-hidden"] = "4/3",
            ["tower-hidden"] = "3",
            // Weights of a DSelect-k gate sum to one when no code is left over.
            ["experts"] = model == "dselect-k" ? "4" : "3",
            ["shared-experts"] = "2",
            ["specific-experts"] = "2",
            ["embedding-width"] = "2",
            ["activation"] = "tanh",
            ["use-tim"] = "false",
            ["batch-norm"] = batchNorm ? "true" : "false",
            ["meta-shared-experts"] = "2",
            ["lora-rank"] = "2",
            ["expert-norm"] = batchNorm ? "batch-norm-swish" : "layer-norm-swish",
        };
        if (model == "dtrn") small["head"] = "mmoe";
        HashSet<string> known = [.. TabularModels.Find(model).Options.Select(option => option.Name)];
        if (known.Contains("heads"))
        {
            // Wide enough and drawn wide enough for layer normalisation to be smooth at the scale of a finite difference.
            foreach ((string option, string value) in (ReadOnlySpan<(string, string)>)[("embedding-width", "4"), ("heads", "2"), ("feed-forward", "5"), ("convention", "rec-hub")]) small[option] = value;
        }

        return small.Where(entry => known.Contains(entry.Key)).ToDictionary(StringComparer.Ordinal);
    }

    public static TabularModel Create(string model, int tasks, bool batchNorm = false, ulong seed = 3)
        => TabularModels.Create(model, Schema, TasksOf(model, tasks), Options(model, batchNorm), seed);

    public static Tensor[] Forward(MultiTaskModel model, Batch batch)
    {
        var outputs = new Tensor[model.Tasks.Count];
        model.Forward(batch, outputs);
        return outputs;
    }
}
