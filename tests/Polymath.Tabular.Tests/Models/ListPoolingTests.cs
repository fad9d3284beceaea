using Polymath.Learning;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Lists of ids as every model but DTRN sees them.</summary>
public sealed class ListPoolingTests
{
    private const int Width = 2;

    public static TheoryData<string, string> ModelsAndPoolings
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (ModelDescriptor model in TabularModels.All)
            {
                if (model.Options.All(option => option.Name != "sequence-pooling")) continue;
                foreach (string pooling in (string[])["mean", "sum", "attention"]) rows.Add(model.Name, pooling);
            }

            return rows;
        }
    }

    [Theory]
    [InlineData(SequencePooling.Mean)]
    [InlineData(SequencePooling.Sum)]
    public void A_list_becomes_the_mean_or_the_sum_of_its_vectors_behind_the_other_columns(SequencePooling pooling)
    {
        var input = new FeatureEmbedding(HistoryProblem.WithTags, new FeatureEmbeddingOptions { Width = Width, SequencePooling = pooling }, new RandomStream(1));
        Batch batch = HistoryProblem.Batch(HistoryProblem.WithTags);
        Tensor x = input.Forward(batch), tags = GoldenModel.State(input)["sequences.tables.2.weight"];
        Assert.Equal((2 * Width) + 1 + (3 * Width), input.Width);
        Assert.Equal(new Shape(batch.Rows, input.Width), x.Shape);
        int start = 0, column = (2 * Width) + 1;
        foreach (SequenceFeature list in batch.SequenceIds is null ? [] : HistoryProblem.WithTags.Sequences)
        {
            Tensor table = list.Item is null ? tags : input.Tables[1].Weight.Value;
            for (int row = 0; row < batch.Rows; row++)
            {
                int[] there = [.. Enumerable.Range((row * HistoryProblem.WithTags.SequenceWidth) + start, list.MaxLength).Where(i => batch.SequenceMask.Span[i] != 0f)];
                for (int d = 0; d < Width; d++)
                {
                    double sum = there.Sum(i => (double)table[batch.SequenceIds!.Span[i], d]);
                    Assert.Equal(pooling == SequencePooling.Sum || there.Length == 0 ? sum : sum / there.Length, x[row, column + d], 1e-5);
                }
            }

            (start, column) = (start + list.MaxLength, column + Width);
        }
    }

    [Fact]
    public void An_attention_weighs_every_item_by_a_network_on_item_and_target()
    {
        var random = new RandomStream(2);
        var unit = new ActivationUnit(Width, random);
        Tensor item = Tensor.Normal(random, new Shape(2, Width)), list = Tensor.Normal(random, new Shape(2, 3, Width)), mask = Tensor.FromArray([1f, 1f, 0f, 0f, 0f, 0f], 2, 3);
        Tensor interest = unit.Forward(item, list, mask);
        Dictionary<string, Tensor> state = GoldenModel.State(unit);
        double[] expected = new double[Width];
        for (int l = 0; l < 2; l++)
        {
            double[] q = [item[0, 0], item[0, 1]], x = [list[0, l, 0], list[0, l, 1]], seen = [.. q, .. x, q[0] - x[0], q[1] - x[1], q[0] * x[0], q[1] * x[1]];
            double weight = state["network.output.bias"][0];
            for (int h = 0; h < 36; h++)
            {
                double z = state["network.layers.0.linear.bias"][h] + seen.Select((value, i) => value * state["network.layers.0.linear.weight"][h, i]).Sum();
                weight += state["network.output.weight"][0, h] / (1 + Math.Exp(-z));
            }

            for (int d = 0; d < Width; d++) expected[d] += weight * x[d];
        }

        for (int d = 0; d < Width; d++) Assert.Equal(expected[d], interest[0, d], 1e-5);
        Assert.Equal([0f, 0f], interest.Span[Width..].ToArray());
    }

    [Theory]
    [InlineData(SequencePooling.Mean)]
    [InlineData(SequencePooling.Sum)]
    public void Without_tables_a_list_is_how_often_every_id_occurs(SequencePooling pooling)
    {
        var schema = new FeatureSchema([], [], [new SequenceFeature("tags", 3, 4)]);
        var input = new FeatureEmbedding(schema, new FeatureEmbeddingOptions { Width = 0, SequencePooling = pooling }, new RandomStream(1));
        var batch = new Batch { Rows = 2, Numeric = Tensor.Zeros(2, 0), Categories = new IndexTensor([2, 0]), Targets = Tensor.Zeros(2, 1), SequenceIds = IndexTensor.FromArray([2, 0, 2, 2, 0, 0, 0, 0], 2, 4), SequenceMask = Tensor.FromArray([1f, 1f, 1f, 1f, 0f, 0f, 0f, 0f], 2, 4) };
        float all = pooling == SequencePooling.Sum ? 1f : 0.25f;
        Assert.Equal([all, 0f, 3 * all, 0f, 0f, 0f], input.Forward(batch).ToArray());
    }

    [Theory]
    [MemberData(nameof(ModelsAndPoolings))]
    public void Every_model_learns_from_lists(string name, string pooling)
    {
        Dictionary<string, string> options = TinyProblem.Options(name);
        options["sequence-pooling"] = pooling;
        TabularModel model = TabularModels.Create(name, HistoryProblem.Schema, TinyProblem.TasksOf(name, 2), options, seed: 3);
        Batch batch = HistoryProblem.Batch(HistoryProblem.Schema);

        // STEM stops gradients on purpose: what it computes is not the derivative.
        if (name != "stem") HistoryProblem.RequireGradients(model, batch);
        Assert.Equal(model.ParameterCount, model.Summary.Parameters);
        TabularModel again = TabularModels.Create(name, model.Schema, model.Tasks, model.OptionValues, seed: 3);
        Assert.Equal(TinyProblem.Forward(model, batch)[1].ToArray(), TinyProblem.Forward(again, batch)[1].ToArray());
    }

    [Theory]
    [InlineData("mmoe")]
    [InlineData("dtrn")]
    public void Lists_train_a_sparse_table_to_the_same_bits_as_a_whole_one(string name)
    {
        Assert.Equal(Trained(0), Trained(1));

        float[] Trained(int sparseFrom)
        {
            Dictionary<string, string> options = TinyProblem.Options(name);
            options["sparse-from"] = sparseFrom.ToString(System.Globalization.CultureInfo.InvariantCulture);
            TabularModel model = TabularModels.Create(name, HistoryProblem.WithTags, TinyProblem.Tasks(2), name == "dtrn" ? new Dictionary<string, string>(options) { ["item"] = "item" } : options, seed: 3);
            var random = new RandomStream(9);
            const int Rows = 60;
            int[] starts = [.. Enumerable.Range(0, Rows + 1).Select(row => row * 2)];
            SequenceArray[] lists = [.. HistoryProblem.WithTags.Sequences.Select(list => new SequenceArray(starts, [.. Enumerable.Range(0, 2 * Rows).Select(_ => random.NextInt32(list.Cardinality))], list.MaxLength))];
            float[] numbers = new float[Rows], labels = [.. Enumerable.Range(0, 2 * Rows).Select(_ => (float)random.NextInt32(2))];
            random.FillNormal(numbers);
            var data = new ArrayDataset(numbers, 1, [.. Enumerable.Range(0, 2 * Rows).Select(i => random.NextInt32(i % 2 == 0 ? 3 : HistoryProblem.Items))], 2, labels, 2, sequences: lists);
            new Trainer(model) { Optimizer = new Sgd(0.05), Options = new TrainerOptions { Epochs = 2, BatchSize = 16, Patience = 0 } }.Fit(data, null, cancellation: TestContext.Current.CancellationToken);
            return [.. model.NamedParameters().SelectMany(entry => entry.Value.Value.ToArray())];
        }
    }

    [Fact]
    public void An_attention_needs_an_item_and_vectors()
    {
        TaskSet tasks = TinyProblem.Tasks(1);
        Assert.Contains("'tags' names no field of items", Assert.Throws<ModelException>(() => new SharedBottom(HistoryProblem.WithTags, tasks, new SharedBottomOptions { SequencePooling = SequencePooling.Attention })).Message, StringComparison.Ordinal);
        Assert.Contains("an embedding width of 0 has none", Assert.Throws<ModelException>(() => new SharedBottom(HistoryProblem.Schema, tasks, new SharedBottomOptions { SequencePooling = SequencePooling.Attention, EmbeddingWidth = 0 })).Message, StringComparison.Ordinal);
    }
}
