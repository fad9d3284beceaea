using Polymath.Learning;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>What the transformers refuse, what they tell, and what rows and tokens may see of each other.</summary>
public sealed class TokenModelTests
{
    private static readonly TaskSet s_tasks = TinyProblem.Tasks(2);

    [Theory]
    [InlineData("multitab-net", "embedding-width", "10", "embedding-width=10 does not divide into heads=4")]
    [InlineData("ft-transformer", "heads", "3", "embedding-width=16 does not divide into heads=3")]
    [InlineData("saint", "heads", "32", "heads=32")]
    [InlineData("tab-transformer", "embedding-width", "6", "embedding-width=6")]
    [InlineData("multitab-net", "mask", "tasks", "none | task-to-task | feature-to-task | both")]
    [InlineData("multitab-net", "row-mode", "rope", "value-only | attention | rope-attention")]
    [InlineData("multitab-net", "blocks", "0", "blocks=0")]
    [InlineData("multitab-net", "embedding-width", "auto", "embedding-width=auto")]
    public void Options_that_do_not_go_together_are_refused(string model, string option, string value, string part)
        => Assert.Contains(part, Assert.Throws<ModelException>(() => TabularModels.Create(model, TinyProblem.Schema, s_tasks, new Dictionary<string, string> { [option] = value })).Message, StringComparison.Ordinal);

    [Fact]
    public void What_cannot_become_a_token_is_refused()
    {
        var lists = new FeatureSchema(["age"], [], [new SequenceFeature("history", 9, 4, null)]);
        Assert.Contains("'history' names no field of items", Assert.Throws<ModelException>(() => new MultiTabNet(lists, s_tasks, new MultiTabNetOptions { SequencePooling = SequencePooling.Attention })).Message, StringComparison.Ordinal);
        Assert.Contains("no categorical field", Assert.Throws<ModelException>(() => new TabTransformer(FeatureSchema.Numeric(3), s_tasks)).Message, StringComparison.Ordinal);
        Assert.Contains("linear map of its own", Assert.Throws<ModelException>(() => new MultiTabNet(TinyProblem.Schema, s_tasks, new MultiTabNetOptions { Numeric = NumericHandling.OneFieldLinear })).Message, StringComparison.Ordinal);
        Assert.Contains("weights", Assert.Throws<ModelException>(() => new TransformerEncoderLayer(new TransformerEncoderLayerOptions { Width = 32032, Heads = 4 }, new RandomStream(1))).Message, StringComparison.Ordinal);
        Assert.Contains("even number", Assert.Throws<ModelException>(() => new TransformerEncoderLayer(new TransformerEncoderLayerOptions { Width = 3, Heads = 1, Mode = RowMode.RopeAttention }, new RandomStream(1))).Message, StringComparison.Ordinal);
        Assert.Contains("multiple of the heads", Assert.Throws<ModelException>(() => new TransformerEncoderLayer(new TransformerEncoderLayerOptions { Width = 10 }, new RandomStream(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_ids_becomes_a_token_the_mean_of_its_items()
    {
        const int Width = 8;
        FeatureSchema schema = HistoryProblem.WithTags;
        var tokenizer = new FeatureTokenizer(schema, Width, tokens: 1, Initializer.Normal(0f, 1f), new RandomStream(3));
        Assert.Equal(["token 0", "city", "item", "age", "clicks", "buys", "tags"], tokenizer.Names);
        Batch batch = HistoryProblem.Batch(schema);
        Tensor tokens = tokenizer.Forward(batch);
        Dictionary<string, Tensor> state = GoldenModel.State(tokenizer);
        Assert.Equal(["fields.0.weight", "fields.1.weight", "numeric.bias", "numeric.weight", "sequences.tables.2.weight", "tokens.bias", "tokens.weight"], state.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(new Shape(batch.Rows, 7, Width), tokens.Shape);
        for (int s = 0, start = 0; s < 3; start += schema.Sequences[s++].MaxLength)
        {
            Tensor table = state[s < 2 ? "fields.1.weight" : "sequences.tables.2.weight"];
            for (int row = 0; row < batch.Rows; row++)
            {
                int[] items = [.. Enumerable.Range((row * schema.SequenceWidth) + start, schema.Sequences[s].MaxLength).Where(i => batch.SequenceMask.Span[i] != 0f).Select(i => batch.SequenceIds!.Span[i])];
                for (int d = 0; d < Width; d++) Assert.Equal(items.Length == 0 ? 0 : items.Average(id => (double)table[id, d]), tokens[row, 4 + s, d], 1e-6);
            }
        }
    }

    [Fact]
    public void Options_without_effect_and_surprising_sizes_are_told()
    {
        Assert.Empty(new MultiTabNet(TinyProblem.Schema, s_tasks).Notes);
        Assert.Empty(new FtTransformer(TinyProblem.Schema, s_tasks).Notes);
        Assert.Empty(new MultiTabNet(TinyProblem.Schema, s_tasks, new MultiTabNetOptions { MultiToken = false, Mask = TaskMask.FeatureToTask }).Notes);
        Assert.Contains("has no effect", Assert.Single(new MultiTabNet(TinyProblem.Schema, s_tasks, new MultiTabNetOptions { MultiToken = false }).Notes), StringComparison.Ordinal);
        Assert.Contains("a group (row-group) of 64, drawn at random", Assert.Single(new MultiTabNet(TinyProblem.Schema, s_tasks, new MultiTabNetOptions { RowMode = RowMode.RopeAttention, RowGroup = 64 }).Notes), StringComparison.Ordinal);
        Assert.Contains("a group (row-group) of as many as a training batch had", Assert.Single(new Saint(TinyProblem.Schema, s_tasks).Notes), StringComparison.Ordinal);

        // 152 tokens of width 16: 2 (2432)^2 and 2 x 256 x 2432 weights.
        string note = Assert.Single(new MultiTabNet(FeatureSchema.Numeric(150), s_tasks).Notes);
        Assert.Contains("152 tokens of width 16", note, StringComparison.Ordinal);
        Assert.Contains("13,091,712", note, StringComparison.Ordinal);
    }

    [Fact]
    public void Attention_weights_sum_to_one_and_are_zero_where_the_mask_closes()
    {
        var model = new MultiTabNet(TinyProblem.Schema, s_tasks, new MultiTabNetOptions { Blocks = 2, Mask = TaskMask.Both, Convention = MlpConvention.RecHub }, seed: 3);
        Assert.Equal(["task0", "task1", "city", "job", "age", "hours"], model.TokenNames);
        for (int block = 0; block < 2; block++)
        {
            Tensor weights = model.GetAttention(TinyProblem.Batch(), block);
            Assert.Equal(new Shape(TinyProblem.Rows, 4, 6, 6), weights.Shape);
            for (int query = 0; query < 6; query++)
            {
                double sum = 0;
                for (int key = 0; key < 6; key++) sum += weights[1, 2, query, key];
                Assert.Equal(1, sum, 1e-5);
                for (int task = 0; task < 2; task++) Assert.Equal(query == task, weights[1, 2, query, task] > 0);
            }
        }

        Assert.True(model.Training);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.GetAttention(TinyProblem.Batch(), 2));
    }

    [Theory]
    [InlineData("multitab-net", "attention")]
    [InlineData("multitab-net", "rope-attention")]
    [InlineData("saint", "attention")]
    public void Rows_see_their_group_and_nothing_else_in_inference(string name, string mode)
    {
        var options = new Dictionary<string, string>(TinyProblem.Options(name)) { ["row-mode"] = mode, ["row-group"] = "4" };
        TabularModel model = TabularModels.Create(name, TinyProblem.Schema, s_tasks, options, seed: 3);
        Assert.True(model.RowsInteract);
        model.Evaluate();
        Tensor[] ten = TinyProblem.Forward(model, TinyProblem.Batch(10)), four = TinyProblem.Forward(model, TinyProblem.Batch(4)), two = TinyProblem.Forward(model, TinyProblem.Batch(2));
        for (int row = 0; row < 4; row++) Assert.Equal(four[0][row, 0], ten[0][row, 0], 1e-6f);
        Assert.NotEqual(four[0][0, 0], two[0][0, 0]);
        Assert.Equal(new Shape(10, 1), ten[0].Shape);
    }

    [Fact]
    public void Groups_are_as_large_as_the_batches_were_in_training()
    {
        TabularModel model = TabularModels.Create("saint", TinyProblem.Schema, s_tasks, TinyProblem.Options("saint"), seed: 3);
        model.Train();
        foreach (int rows in (int[])[5, 3]) TinyProblem.Forward(model, TinyProblem.Batch(rows));
        model.Evaluate();
        Assert.All(model.NamedBuffers(), buffer => Assert.Equal(5f, buffer.Value.Item()));
        Tensor[] ten = TinyProblem.Forward(model, TinyProblem.Batch(10)), five = TinyProblem.Forward(model, TinyProblem.Batch(5));
        for (int row = 0; row < 5; row++) Assert.Equal(five[0][row, 0], ten[0][row, 0], 1e-6f);
    }

    [Fact]
    public void Only_rotary_positions_make_the_order_of_other_rows_matter()
    {
        Assert.Equal(0f, Change(RowMode.Attention), 1e-6f);
        Assert.NotEqual(0f, Change(RowMode.RopeAttention), 1e-6f);

        // How far the last row's answer moves when the rows before it change places.
        static float Change(RowMode mode)
        {
            var layer = new TransformerEncoderLayer(new TransformerEncoderLayerOptions { Width = 8, Heads = 2, FeedForward = 5, Mode = mode }, new RandomStream(4));
            Tensor a = Tensor.Normal(new RandomStream(5), new Shape(1, 1, 8)), b = Tensor.Normal(new RandomStream(6), new Shape(1, 1, 8)), c = Tensor.Normal(new RandomStream(7), new Shape(1, 1, 8));
            return layer.Forward(Tensor.Concat([a, b, c], 1))[0, 2, 0] - layer.Forward(Tensor.Concat([b, a, c], 1))[0, 2, 0];
        }
    }

    [Fact]
    public void Many_rows_at_once_give_what_few_give()
    {
        // More rows than values in a row multiply the two maps first.
        var layer = new TransformerEncoderLayer(new TransformerEncoderLayerOptions { Width = 8, Heads = 2, FeedForward = 5, Mode = RowMode.ValueOnly }, new RandomStream(4));
        Tensor many = Tensor.Normal(new RandomStream(5), new Shape(12, 8)), few = many.Slice(0, 0, 4);
        Tensor y = layer.Forward(many), part = layer.Forward(few), weights = Tensor.Normal(new RandomStream(6), many.Shape);
        for (int i = 0; i < part.Shape.Length; i++) Assert.Equal(part.Span[i], y.Span[i], 1e-6f);
        foreach ((string name, Parameter parameter) in layer.NamedParameters())
        {
            float[] whole = Gradient(parameter, 0, 12), first = Gradient(parameter, 0, 4), second = Gradient(parameter, 4, 4), third = Gradient(parameter, 8, 4);
            for (int i = 0; i < whole.Length; i++) Assert.True(Math.Abs(first[i] + second[i] + third[i] - whole[i]) < 1e-5, $"{name}[{i}]: {first[i]} + {second[i]} + {third[i]}, {whole[i]}");
        }

        float[] Gradient(Parameter parameter, int start, int rows)
        {
            using var tape = new Tape();
            return tape.Gradient((layer.Forward(many.Slice(0, start, rows)) * weights.Slice(0, start, rows)).Sum(), parameter.Value).ToArray();
        }
    }

    [Fact]
    public void Rotary_scores_depend_on_the_distance_of_positions_alone()
    {
        // Two equal rows at distance one see each other alike wherever they stand: shifting a sequence of period one changes nothing.
        var attention = new MultiheadAttention(8, 2, new RandomStream(4));
        Tensor row = Tensor.Normal(new RandomStream(5), new Shape(1, 1, 8)), other = Tensor.Normal(new RandomStream(6), new Shape(1, 1, 8));
        Tensor mask = Tensor.FromArray([0f, 0f, 1f, 1f, 0f, 0f, 1f, 1f, 1f, 1f, 0f, 0f, 1f, 1f, 0f, 0f], 4, 4);
        Tensor y = attention.ForwardRotary(Tensor.Concat([row, other, row, other], 1), mask);
        for (int d = 0; d < 8; d++) Assert.Equal(y[0, 0, d], y[0, 2, d], 1e-5f);
        for (int d = 0; d < 8; d++) Assert.Equal(y[0, 1, d], y[0, 3, d], 1e-5f);
        Assert.Throws<TensorException>(() => new MultiheadAttention(6, 2, new RandomStream(1)).ForwardRotary(Tensor.Zeros(1, 2, 6)));
    }

    [Fact]
    public void First_weights_are_those_of_the_official_code()
    {
        var model = new MultiTabNet(FeatureSchema.Numeric(30), TinyProblem.Tasks(3), new MultiTabNetOptions { RowMode = RowMode.Attention }, seed: 5);
        foreach ((string name, Parameter parameter) in model.NamedParameters())
        {
            float[] values = parameter.Value.ToArray();
            double deviation = Math.Sqrt(values.Average(value => (double)value * value)), expected = 0.01;
            if (name.EndsWith("bias", StringComparison.Ordinal)) expected = 0;
            else if (name.Contains("norm", StringComparison.Ordinal)) expected = 1;

            // Xavier-uniform over the packed map: variance 2 / (in + 3 in).
            else if (name.EndsWith("in_proj_weight", StringComparison.Ordinal)) expected = Math.Sqrt(2.0 / (4 * parameter.Shape[1]));
            Assert.True(Math.Abs(deviation - expected) <= expected * (0.05 + (3 / Math.Sqrt(2.0 * values.Length))), $"{name}: {deviation}, expected {expected}");
        }

        // The official attention with rope=true is made of plain linear maps.
        var rope = new MultiTabNet(FeatureSchema.Numeric(30), TinyProblem.Tasks(3), seed: 5);
        float[] first = rope.NamedParameters().Single(entry => entry.Key == "blocks.0.rows.layer.attention.value.weight").Value.Value.ToArray();
        Assert.Equal(0.01, Math.Sqrt(first.Average(value => (double)value * value)), 2e-4);
    }

    [Fact]
    public void Dropout_acts_in_training_only()
    {
        foreach (string name in (string[])["multitab-net", "ft-transformer", "saint", "tab-transformer"])
        {
            var options = new Dictionary<string, string>(TinyProblem.Options(name)) { ["ff-dropout"] = "0.3", ["attention-dropout"] = "0.3" };
            TabularModel model = TabularModels.Create(name, TinyProblem.Schema, s_tasks, options, seed: 3);
            Assert.NotEqual(TinyProblem.Forward(model, TinyProblem.Batch())[0].ToArray(), TinyProblem.Forward(model, TinyProblem.Batch())[0].ToArray());
            model.Evaluate();
            Assert.Equal(TinyProblem.Forward(model, TinyProblem.Batch())[0].ToArray(), TinyProblem.Forward(model, TinyProblem.Batch())[0].ToArray());
        }
    }

    [Fact]
    public void The_single_task_baseline_takes_over_what_means_the_same_there()
    {
        var specification = Tabular.Runs.ModelSpecification.Of(new MultiTabNet(TinyProblem.Schema, s_tasks, new MultiTabNetOptions { TowerHidden = [8], EmbeddingWidth = 32 }));
        IReadOnlyDictionary<string, string> options = specification.SingleTask().Options;
        Assert.Equal("8", options["tower-hidden"]);
        Assert.DoesNotContain("embedding-width", options.Keys);
        Assert.DoesNotContain("batch-norm", options.Keys);
        Assert.DoesNotContain("convention", options.Keys);
    }

    [Theory]
    [InlineData("saint")]
    [InlineData("multitab-net")]
    public void A_layer_over_rows_of_a_thousand_columns_is_refused_before_its_memory_is_asked_for(string name)
    {
        const int Columns = 1500;
        string message = Assert.Throws<ModelException>(() => TabularModels.Create(name, FeatureSchema.Numeric(Columns), TinyProblem.Tasks(2))).Message;
        Assert.Contains("a layer over rows has maps of 24", message, StringComparison.Ordinal);
        Assert.Contains("ft-transformer", message, StringComparison.Ordinal);
    }
}
