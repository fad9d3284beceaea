using Polymath.Data;
using Polymath.Learning;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

public sealed class FeatureEmbeddingTests
{
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(10, 6)]
    [InlineData(100, 21)]
    [InlineData(100_000, 50)]
    public void The_width_of_a_table_follows_the_number_of_ids(int cardinality, int width) => Assert.Equal(width, FeatureEmbedding.WidthFor(cardinality));

    [Theory]
    [InlineData(4, NumericHandling.Raw, 10)]
    [InlineData(4, NumericHandling.PerFieldLinear, 16)]
    [InlineData(4, NumericHandling.OneFieldLinear, 12)]
    [InlineData(0, NumericHandling.Raw, 10)]
    public void Fields_come_first_then_numbers(int tableWidth, NumericHandling numeric, int width)
    {
        var input = new FeatureEmbedding(TinyProblem.Schema, new FeatureEmbeddingOptions { Width = tableWidth, Numeric = numeric }, new RandomStream(1));
        Batch batch = TinyProblem.Batch();
        Tensor x = input.Forward(batch);
        Assert.Equal(width, input.Width);
        Assert.Equal(new Shape(batch.Rows, width), x.Shape);
        for (int row = 0; row < batch.Rows; row++)
        {
            int city = batch.Categories.Span[2 * row], job = batch.Categories.Span[(2 * row) + 1];
            if (tableWidth == 0)
            {
                Assert.Equal(1f, x[row, city]);
                Assert.Equal(1f, x[row, 3 + job]);
                Assert.Equal(2f, x.Slice(1, 0, 8).Slice(0, row, 1).Sum().Item());
                continue;
            }

            for (int i = 0; i < tableWidth; i++)
            {
                Assert.Equal(input.Tables[0].Weight.Value[city, i], x[row, i]);
                Assert.Equal(input.Tables[1].Weight.Value[job, i], x[row, tableWidth + i]);
            }
        }

        if (numeric == NumericHandling.Raw) Assert.Equal(batch.Numeric.ToArray(), x.Slice(1, width - 2, 2).ToArray());
    }

    [Fact]
    public void A_model_can_be_made_from_an_encoded_table()
    {
        string path = Path.Combine(Path.GetTempPath(), $"polymath-schema-{Guid.NewGuid():N}.csv");
        try
        {
            File.WriteAllLines(path, ["age,city,click", "31,Rome,0", "45,Oslo,1", "28,Rome,1", "52,Oslo,0"]);
            Table table = Table.ReadCsv(path, cancellation: TestContext.Current.CancellationToken);
            EncodedTable encoded = TableEncoder.Fit(table, [TargetColumn.Parse("click:binary")], [0, 1, 2, 3]).Encode(table);
            var model = new MMoE(encoded, new TaskSet(Target.Binary("click")), experts: 2, expertWidth: 4);
            Assert.Equal(encoded.NumericNames, model.Schema.NumericNames);
            Assert.Equal(encoded.Fields.Select(field => field.Cardinality), model.Schema.Fields.Select(field => field.Cardinality));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_map_per_column_reads_its_own_column_only()
    {
        var map = new PerFieldLinear(2, 3, null, new RandomStream(1));
        Tensor y = map.Forward(Tensor.FromArray([2f, -1f], 1, 2));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal((2f * map.Weight.Value[0, i]) + map.Bias.Value[0, i], y[0, i], 1e-6f);
            Assert.Equal((-1f * map.Weight.Value[1, i]) + map.Bias.Value[1, i], y[0, 3 + i], 1e-6f);
        }
    }

    [Fact]
    public void Only_ids_that_occur_receive_a_gradient()
    {
        var input = new FeatureEmbedding(new FeatureSchema([], [new CategoricalFeature("city", 4)]), new FeatureEmbeddingOptions { Width = 2 }, new RandomStream(1));
        var batch = new Batch { Rows = 2, Numeric = Tensor.Zeros(2, 0), Categories = IndexTensor.FromArray([3, 3], 2, 1), Targets = Tensor.Zeros(2, 1) };
        using var tape = new Tape();
        float[] gradient = tape.Gradient(input.Forward(batch).Sum(), input.Tables[0].Weight.Value).ToArray();
        Assert.Equal([0f, 0f, 0f, 0f, 0f, 0f, 2f, 2f], gradient);
    }

    [Fact]
    public void Dropout_acts_in_training_only()
    {
        var input = new FeatureEmbedding(TinyProblem.Schema, new FeatureEmbeddingOptions { Width = 4, Dropout = 0.5f }, new RandomStream(1));
        Batch batch = TinyProblem.Batch();
        Assert.Contains(0f, input.Forward(batch).ToArray());
        input.Evaluate();
        Assert.Equal(input.Forward(batch).ToArray(), input.Forward(batch).ToArray());
        Assert.DoesNotContain(0f, input.Forward(batch).ToArray());
    }

    [Fact]
    public void A_schema_without_columns_twice_a_name_or_an_empty_field_is_refused()
    {
        Assert.Contains("no input columns", Assert.Throws<ModelException>(() => FeatureSchema.Numeric(0)).Message, StringComparison.Ordinal);
        Assert.Contains("'a'", Assert.Throws<ModelException>(() => new FeatureSchema(["a"], [new CategoricalFeature("a", 2)])).Message, StringComparison.Ordinal);
        Assert.Contains("'b'", Assert.Throws<ModelException>(() => new FeatureSchema([], [new CategoricalFeature("b", 0)])).Message, StringComparison.Ordinal);
        Assert.Throws<ModelException>(() => new FeatureEmbedding(TinyProblem.Schema, new FeatureEmbeddingOptions { Width = 0, Numeric = NumericHandling.OneFieldLinear }, new RandomStream(1)));
    }
}
