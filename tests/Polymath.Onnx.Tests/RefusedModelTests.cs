using Polymath.Learning;
using Polymath.Onnx;
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
