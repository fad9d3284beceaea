using Polymath.Learning;
using Polymath.Onnx;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>What a graph cannot say must be refused, never written down as it happened to be in one batch.</summary>
public sealed class RefusedModelTests
{
    [Fact]
    public void Values_computed_outside_of_operations()
        => Refuse("other means than tensor operations", batch => batch.Numeric * Tensor.FromArray([.. batch.Numeric.Span.ToArray().Select(x => x * x)], batch.Rows, LambdaModel.Numbers));

    [Fact]
    public void Values_that_count_the_rows() => Refuse("differently for every batch", batch => batch.Numeric * (1f / batch.Rows));

    [Fact]
    public void Results_that_are_written_to_afterwards() => Refuse("changed after it was computed", batch =>
    {
        Tensor sine = batch.Numeric.Sin();
        sine.Span[0] = 0f;
        return sine;
    });

    [Fact]
    public void Branches_on_values() => Refuse("other operations to other rows", batch => batch.Rows % 4 == 1 ? batch.Numeric.Sin() : batch.Numeric.Cos());

    [Fact]
    public void Ids_that_are_computed() => Refuse("ids", batch =>
    {
        var odd = new IndexTensor(batch.Rows);
        for (int row = 0; row < batch.Rows; row++) odd.Span[row] = batch.Categories.Span[(row * batch.Categories.Shape[1]) + 1] % 2;
        return Tensor.Ones(2, LambdaModel.Numbers).GatherRows(odd) * batch.Numeric;
    });

    [Theory]
    [InlineData("saint", "attention")]
    [InlineData("multitab-net", "rope-attention")]
    public void Models_whose_rows_look_at_each_other(string name, string mode)
    {
        TabularModel model = TabularModels.Create(name, new FeatureSchema(["x", "y"], [new CategoricalFeature("c", 3)]), new TaskSet(Target.Binary("a"), Target.Binary("b")), new Dictionary<string, string> { ["row-mode"] = mode });
        string path = Path.Combine(Path.GetTempPath(), $"polymath-refused-{Guid.NewGuid():N}.onnx");
        Assert.Contains("row-mode=value-only", Assert.Throws<OnnxException>(() => OnnxExport.Write(model, path)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Operations_without_a_counterpart() => Refuse("Dropout", batch => Fused.Dropout(batch.Numeric, 0.5f, new RandomStream(1)));

    private static void Refuse(string mention, Func<Batch, Tensor> function)
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.onnx");
        OnnxException refusal = Assert.Throws<OnnxException>(() => OnnxExport.Write(new LambdaModel(LambdaModel.Numbers, function), path));
        Assert.Contains(mention, refusal.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }
}
