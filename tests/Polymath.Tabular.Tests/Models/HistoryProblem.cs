using Polymath.Learning;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>A few rows with a number, a target item, a field, two histories of the item's ids and a list of tags; some lists are empty.</summary>
internal static class HistoryProblem
{
    public const int Rows = 6, Items = 7, Clicks = 4, Buys = 3, Tags = 2;

    public static FeatureSchema Schema { get; } = new(["age"], [new CategoricalFeature("city", 3), new CategoricalFeature("item", Items)], [new SequenceFeature("clicks", Items, Clicks, "item"), new SequenceFeature("buys", Items, Buys, "item")]);

    public static FeatureSchema WithTags { get; } = new(["age"], Schema.Fields, [.. Schema.Sequences, new SequenceFeature("tags", 4, Tags)]);

    /// <summary>Rows 0 and 1 have no clicks and no buys; the last two rows are alike in everything but the city.</summary>
    public static Batch Batch(FeatureSchema schema, int rows = Rows)
    {
        var random = new RandomStream(8);
        var categories = new IndexTensor([rows, 2]);
        var ids = new IndexTensor([rows, schema.SequenceWidth]);
        Tensor mask = Tensor.Zeros(rows, schema.SequenceWidth).Keep(), numbers = Tensor.Normal(random.Derive("numbers"), new Shape(rows, 1)).Keep();
        for (int row = 0; row < rows; row++)
        {
            (categories.Span[2 * row], categories.Span[(2 * row) + 1]) = (random.NextInt32(3), random.NextInt32(Items));
            int start = row * schema.SequenceWidth;
            foreach (SequenceFeature list in schema.Sequences)
            {
                int count = row < 2 && list.Item is not null ? 0 : 1 + random.NextInt32(list.MaxLength);
                for (int l = 0; l < count; l++) (ids.Span[start + l], mask.Span[start + l]) = (random.NextInt32(list.Cardinality), 1f);
                start += list.MaxLength;
            }
        }

        if (rows == Rows)
        {
            int last = Rows - 1, width = schema.SequenceWidth;
            ids.Span.Slice((last - 1) * width, width).CopyTo(ids.Span[(last * width)..]);
            mask.Span.Slice((last - 1) * width, width).CopyTo(mask.Span[(last * width)..]);
            numbers.Span[last] = numbers.Span[last - 1];
            categories.Span[(2 * last) + 1] = categories.Span[(2 * last) - 1];
            categories.Span[2 * last] = (categories.Span[2 * (last - 1)] + 1) % 3;
        }

        return new Batch { Rows = rows, Numeric = numbers, Categories = categories, Targets = Tensor.Zeros(rows, 1), SequenceIds = ids, SequenceMask = mask };
    }

    /// <summary>The gradient of every task with respect to every parameter, by name.</summary>
    public static Dictionary<string, float[][]> Gradients(TabularModel model, Batch batch)
    {
        KeyValuePair<string, Parameter>[] parameters = [.. model.NamedParameters()];
        var gradients = new TaskGradients(model.Tasks.Count, new ParameterLayout(parameters.Select(entry => entry.Value.Value), []));
        using (var tape = new Tape())
        {
            tape.Backward(Losses(model, batch), gradients);
        }

        var byName = new Dictionary<string, float[][]>(StringComparer.Ordinal);
        int offset = 0;
        foreach ((string name, Parameter parameter) in parameters)
        {
            int at = offset, length = parameter.Shape.Length;
            byName[name] = [.. Enumerable.Range(0, model.Tasks.Count).Select(task => gradients.Row(task).Slice(at, length).ToArray())];
            offset += length;
        }

        return byName;
    }

    public static Tensor[] Losses(TabularModel model, Batch batch) => [.. TinyProblem.Forward(model, batch).Select((output, t) => ((output - (0.3f * (t + 1))) * (output + 0.1f)).Mean())];

    /// <summary>Compares every few entries of every gradient with central differences.</summary>
    public static void RequireGradients(TabularModel model, Batch batch)
    {
        // Small, as a layer normalisation of nearly equal values bends sharply.
        const float Step = 5e-4f;
        Dictionary<string, float[][]> gradients = Gradients(model, batch);
        foreach ((string name, Parameter parameter) in model.NamedParameters())
        {
            for (int i = 0; i < parameter.Shape.Length; i += Math.Max(1, parameter.Shape.Length / 3))
            {
                float kept = parameter.Value.Span[i];
                double[] up = At(kept + Step), down = At(kept - Step);
                parameter.Value.Span[i] = kept;
                for (int k = 0; k < up.Length; k++)
                {
                    double expected = (up[k] - down[k]) / (2 * Step), actual = gradients[name][k][i];
                    Assert.True(Math.Abs(expected - actual) < 3e-3 + (2e-2 * Math.Abs(expected)), $"{name}[{i}], task {k}: {actual} against {expected}");
                }

                double[] At(float value)
                {
                    parameter.Value.Span[i] = value;
                    using var tape = new Tape();
                    using Tape.NoGradientScope silence = Tape.NoGradient();
                    return [.. Losses(model, batch).Select(loss => (double)loss.Item())];
                }
            }
        }
    }
}
