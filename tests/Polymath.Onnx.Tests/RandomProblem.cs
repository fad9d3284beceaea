using Polymath.Learning;
using Polymath.Learning.Training;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>A small problem with every kind of task, and rows drawn for it.</summary>
internal sealed class RandomProblem
{
    private const int HiddenUnits = 5;
    private static readonly string[] s_numeric = ["age", "hours", "gain"];
    private static readonly CategoricalFeature[] s_fields = [new("country", 9), new("sex", 2), new("item", 30)];

    private static readonly TaskSet s_binary = new(Target.Binary("click"), Target.Binary("buy"));
    private static readonly TaskSet s_everyKind = new(
        Target.Binary("click"),
        Target.Binary("buy"),
        Target.MultiClass("kind", 4),
        Target.Regression("price") with { Mean = 120f, Deviation = 35f },
        Target.Count("visits"));

    private RandomProblem(FeatureSchema schema, TaskSet tasks) => (Schema, Tasks) = (schema, tasks);

    public FeatureSchema Schema { get; }

    public TaskSet Tasks { get; }

    /// <summary>A model with few units and the problem it is for: with tasks of every kind if it takes them, else with binary ones; null when it takes neither.</summary>
    /// <param name="name">Registry name.</param>
    /// <param name="option">An option to set, or "".</param>
    /// <param name="value">Its value.</param>
    /// <param name="sequences">Whether rows carry lists of ids.</param>
    public static (RandomProblem Problem, TabularModel Model)? Find(string name, string option, string value, bool sequences)
    {
        ModelDescriptor descriptor = TabularModels.Find(name);
        Dictionary<string, string> options = descriptor.Options.ToDictionary(known => known.Name, Narrow);
        if (option.Length > 0 && !options.ContainsKey(option)) return null;
        if (option.Length > 0) options[option] = value;
        if (options.ContainsKey("item")) options["item"] = "item";
        foreach (TaskSet tasks in (TaskSet[])[s_everyKind, s_binary])
        {
            var problem = new RandomProblem(new FeatureSchema(s_numeric, s_fields, sequences ? [new SequenceFeature("clicks", 30, 6, "item"), new SequenceFeature("tags", 5, 3)] : []), tasks);
            try
            {
                return (problem, descriptor.Create(problem.Schema, tasks, options, seed: 1));
            }
            catch (ModelException)
            {
                // Some values go with others only, and some models are for other tasks or columns.
            }
        }

        return null;
    }

    /// <summary>Rows and the predictions of a model for them.</summary>
    public (Dictionary<string, RuntimeTensor> Inputs, float[][] Predictions) Draw(TabularModel model, int rows, ulong seed)
    {
        var random = new RandomStream(seed);
        float[] numeric = new float[rows * s_numeric.Length];
        random.FillNormal(numeric);
        int[] categories = [.. Enumerable.Range(0, rows).SelectMany(_ => s_fields.Select(field => random.NextInt32(field.Cardinality)))];
        var inputs = new Dictionary<string, RuntimeTensor> { ["numeric"] = RuntimeTensor.Of(numeric, s_numeric.Length), ["categories"] = RuntimeTensor.Of(categories, s_fields.Length) };
        SequenceArray[] sequences = [.. Schema.Sequences.Select(sequence => Lists(sequence, rows, random))];
        if (sequences.Length > 0) AddSequences(inputs, sequences, rows);
        float[] labels = new float[rows * Tasks.Count];
        var data = new ArrayDataset(numeric, s_numeric.Length, categories, s_fields.Length, labels, Tasks.Count, sequences: sequences.Length == 0 ? null : sequences);
        return (inputs, Evaluation.Predict(model, data));
    }

    /// <summary>Draws every parameter anew, so that nothing is zero or one by convention, and gives normalisations other statistics than their first.</summary>
    public static void Scatter(TabularModel model, ulong seed)
    {
        var random = new RandomStream(seed);
        foreach ((_, Parameter parameter) in model.NamedParameters())
        {
            foreach (ref float value in parameter.Value.Span) value += 0.1f * random.NextNormal();
        }

        foreach ((_, Tensor buffer) in model.NamedBuffers())
        {
            foreach (ref float value in buffer.Span) value += 0.5f * random.NextSingle();
        }
    }

    /// <summary>A few units instead of the layer widths of a default.</summary>
    private static string Narrow(ModelOption option) => option.Kind == ModelOptionKind.Integers && option.Name.EndsWith("hidden", StringComparison.Ordinal) ? $"{HiddenUnits}" : option.Default;

    private static SequenceArray Lists(SequenceFeature sequence, int rows, RandomStream random)
    {
        int[] starts = new int[rows + 1];
        var ids = new List<int>();
        for (int row = 0; row < rows; row++)
        {
            int length = random.NextInt32(sequence.MaxLength + 1);
            for (int i = 0; i < length; i++) ids.Add(random.NextInt32(sequence.Cardinality));
            starts[row + 1] = ids.Count;
        }

        return new SequenceArray(starts, [.. ids], sequence.MaxLength);
    }

    private static void AddSequences(Dictionary<string, RuntimeTensor> inputs, SequenceArray[] sequences, int rows)
    {
        int width = sequences.Sum(sequence => sequence.MaxLength), at = 0;
        int[] ids = new int[rows * width];
        float[] mask = new float[rows * width];
        for (int row = 0; row < rows; row++)
        {
            foreach (SequenceArray sequence in sequences)
            {
                sequence[row].CopyTo(ids.AsSpan(at));
                mask.AsSpan(at, sequence[row].Length).Fill(1f);
                at += sequence.MaxLength;
            }
        }

        inputs["sequence_ids"] = RuntimeTensor.Of(ids, width);
        inputs["sequence_mask"] = RuntimeTensor.Of(mask, width);
    }
}
