using Polymath.Learning;
using Polymath.Onnx;
using Polymath.Onnx.Operations;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Every operation, with its settings, must mean the same in a real runtime.</summary>
public sealed class ExportedOperationTests(OnnxRuntime runtime) : IClassFixture<OnnxRuntime>
{
    // What has no counterpart: losses, operations of training only, those of images, and those that only gradients are made of.
    private static readonly string[] s_without = ["BatchNorm", "BinaryCrossEntropy", "Checkpoint", "Conv2d", "Dropout", "Fold", "Scatter", "SoftmaxCrossEntropy", "SphericalLoss", "Unfold"];

    private static readonly Dictionary<string, (int Width, Func<Batch, Tensor> Function)> s_cases = new()
    {
        ["abs exp"] = (6, batch => (-batch.Numeric.Abs()).Exp()),
        ["log sqrt"] = (6, batch => (batch.Numeric.Abs() + 0.5f).Sqrt().Log()),
        ["sin cos erf"] = (6, batch => batch.Numeric.Sin() + (batch.Numeric.Cos() * batch.Numeric.Erf())),
        ["sigmoid tanh"] = (6, batch => batch.Numeric.Sigmoid() - batch.Numeric.Tanh()),
        ["relu softplus"] = (6, batch => batch.Numeric.Relu() + (batch.Numeric * 20f).Softplus()),
        ["gelu"] = (6, batch => batch.Numeric.Gelu()),
        ["gelu by tanh"] = (6, batch => batch.Numeric.Gelu(approximate: true)),
        ["silu"] = (6, batch => batch.Numeric.Silu()),
        ["powers"] = (6, batch => batch.Numeric.Pow(2f) + batch.Numeric.Abs().Pow(0.7f) + (batch.Numeric.Abs() + 0.5f).Pow(batch.Numeric)),
        ["clamp"] = (6, batch => batch.Numeric.Clamp(-0.5f, 0.25f)),
        ["affine"] = (6, batch => (2f - (batch.Numeric * -3f)) / 7f),
        ["quotient of a number"] = (6, batch => 1f / (batch.Numeric.Abs() + 1f)),
        ["larger and smaller"] = (3, batch => Tensor.Maximum(Left(batch), Right(batch)) - (2f * Tensor.Minimum(Left(batch), Right(batch)))),
        ["comparisons"] = (3, batch => Left(batch).GreaterThan(Right(batch)) + (2f * Left(batch).LessOrEqual(Right(batch))) + (4f * Left(batch).LessThan(0.1f)) + (8f * Left(batch).GreaterOrEqual(Right(batch))) + (16f * Left(batch).EqualTo(Left(batch)))),
        ["where"] = (3, batch => Tensor.Where(Left(batch).GreaterThan(0f), Right(batch), Tensor.Scalar(-3f))),
        ["softmax"] = (6, batch => batch.Numeric.Softmax()),
        ["softmax of an inner axis"] = (6, batch => Cube(batch).Softmax(1)),
        ["softmax over rows"] = (6, batch => batch.Numeric.Softmax(0)),
        ["log softmax"] = (6, batch => (batch.Numeric * 30f).LogSoftmax()),
        ["log sum exp"] = (2, batch => (Cube(batch) * 30f).LogSumExp(2)),
        ["sums"] = (5, batch => Tensor.Concat([Cube(batch).Sum(1), Cube(batch).Sum(2, keepAxis: true).Reshape(batch.Rows, 2)], 1)),
        ["means of all rows' parts"] = (6, batch => batch.Numeric - batch.Numeric.Mean(1, keepAxis: true)),
        ["largest"] = (5, batch => Tensor.Concat([Cube(batch).Max(1), Cube(batch).Max(2)], 1)),
        ["running sum"] = (6, batch => Cube(batch).CumulativeSum(1) + Cube(batch).CumulativeSum(2)),
        ["layer norm"] = (6, batch => Fused.LayerNorm(Cube(batch), Weights(3), Weights(3), 1e-5f)),
        ["rms norm"] = (6, batch => Fused.RmsNorm(Cube(batch), Weights(3), 1e-5f)),
        ["linear"] = (4, batch => Fused.Linear(batch.Numeric, Weights(4, 6), Weights(4), Activation.Sigmoid)),
        ["linear of an inner axis"] = (8, batch => Fused.Linear(Cube(batch), Weights(4, 3), Weights(4), Activation.Gelu)),
        ["linear without bias"] = (8, batch => Fused.Linear(Cube(batch), Weights(4, 3))),
        ["grouped linear"] = (8, batch => Fused.GroupedLinear(batch.Numeric, [Weights(4, 3), Weights(4, 3) * 2f], [Weights(4), Weights(4)], Activation.Relu)),
        ["grouped linear without bias"] = (8, batch => Fused.GroupedLinear(batch.Numeric, [Weights(4, 3), Weights(4, 3) * 2f])),
        ["mixture"] = (3, batch => Fused.Mixture(Left(batch).Softmax(), batch.Numeric, Right(batch))),
        ["products"] = (2, batch => Cube(batch).MatMul(Cube(batch), transposeRight: true).Sum(1) + Cube(batch).Transpose().MatMul(Cube(batch), transposeLeft: true, transposeRight: true).Sum(1)),
        ["product with a matrix"] = (8, batch => Cube(batch).MatMul(Weights(3, 4))),
        ["permutations"] = (6, batch => Cube(batch).Permute(2, 0, 1).Sin().Permute(1, 0, 2)),
        ["slices"] = (4, batch => Tensor.Concat([batch.Numeric.Slice(1, 1, 3), batch.Numeric.Select(1, 5).Unsqueeze(1)], 1)),
        ["repeated for every row"] = (6, batch => batch.Numeric * Weights(6).Sin().BroadcastTo(batch.Rows, 6)),
        ["zeros for every row"] = (8, batch => Tensor.Concat([Tensor.Zeros(batch.Rows, 2), batch.Numeric], 1)),
        ["halves of twice the rows"] = (6, batch => Tensor.Concat([batch.Numeric.Sin(), batch.Numeric], 0).Slice(0, batch.Rows, batch.Rows)),
        ["attention"] = (6, batch => Fused.ScaledDotProductAttention(Cube(batch), Cube(batch).Sin(), Cube(batch).Cos(), heads: 3)),
        ["causal attention"] = (6, batch => Fused.ScaledDotProductAttention(Cube(batch), Cube(batch).Sin(), Cube(batch).Cos(), heads: 1, scale: 0.3f, causal: true)),
        ["masked attention"] = (6, batch => Fused.ScaledDotProductAttention(Cube(batch), Cube(batch).Sin(), Cube(batch).Cos(), heads: 1, mask: Tensor.FromArray([0f, 1f, 0f, 0f], 2, 2))),
        ["attention among what is there"] = (6, batch => Fused.ScaledDotProductAttention(Cube(batch), Cube(batch).Sin(), Cube(batch).Cos(), heads: 1, present: batch.SequenceMask.Slice(1, 0, 2))),
        ["feed-forward"] = (8, batch => Fused.FeedForward(Cube(batch), Weights(5, 3), Weights(5), Weights(4, 5), Weights(4))),
        ["list of ids"] = (6, batch => Fused.EmbedList(Weights(7, 3), batch.SequenceIds!, batch.SequenceMask, 1, 2)),
        ["packed attention"] = (4, batch => Fused.ScaledDotProductAttention(Tensor.Concat([Cube(batch), Cube(batch).Sin()], 2), heads: 2)),
        ["attention between rows"] = (6, batch => Fused.ScaledDotProductAttention(batch.Numeric.Unsqueeze(0), batch.Numeric.Sin().Unsqueeze(0), batch.Numeric.Unsqueeze(0), heads: 2)),
        ["fields"] = (11, batch => Fused.EmbedFields([Weights(2, 3), Weights(7, 1), Weights(1, 1)], batch.Categories, batch.Numeric)),
        ["indicators"] = (7, batch => Fused.Indicators(batch.Categories, 1, 7)),
        ["a column of ids"] = (3, batch => Weights(7, 3).GatherRows(Columns(batch.Categories, 0, 1))),
        ["ids in another order"] = (4, batch => Weights(7, 2).GatherRows(Columns(batch.Categories, 0, 1, 0))),
        ["a flat column of ids"] = (3, batch => Weights(7, 3).GatherRows(Flat(batch.Categories, 1))),
        ["ids of a joint table"] = (9, batch => Weights(20, 3).GatherRows(Columns(batch.Categories, 5, 1, 0, 2))),
        ["the same id for every row"] = (3, batch => Weights(7, 3).GatherRows(Constant(batch.Rows, 3))),
        ["columns by number"] = (4, batch => Cube(batch).Gather(2, IndexTensor.FromArray([2, 0], 2))),
        ["pick"] = (2, batch => Fused.Linear(batch.Numeric, Weights(7, 6)).Pick(Flat(batch.Categories, 1)).Unsqueeze(1) * Weights(2)),
        ["mean of a list"] = (3, batch => Pooled(batch)),
    };

    public static TheoryData<string> Cases { get; } = [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Results_are_equal_in_a_real_runtime(string name)
    {
        runtime.Require();
        var model = new LambdaModel(s_cases[name].Width, s_cases[name].Function);
        string path = Path.GetTempFileName();
        try
        {
            OnnxExport.Write(model, path, new OnnxExportOptions { Logits = true });
            foreach (int rows in (int[])[1, 2, 7, 64])
            {
                (Batch batch, Dictionary<string, RuntimeTensor> inputs) = model.Draw(rows);
                var outputs = new Tensor[1];
                model.Forward(batch, outputs);
                Assert.InRange(Agreement.Difference(outputs[0].Span, runtime.Run(path, inputs)[LambdaModel.Logits]), 0, Agreement.Tolerance);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Every_operation_of_the_engine_has_a_counterpart_or_is_known_to_have_none()
    {
        Type rule = typeof(Tensor).Assembly.GetType("Polymath.Tensors.Op", throwOnError: true)!;
        IEnumerable<Type> operations = rule.Assembly.GetTypes().Where(type => type is { IsAbstract: false } && type.IsSubclassOf(rule));
        Assert.Equal(s_without, operations.Where(type => !OperationTable.Knows(type)).Select(type => type.Name).Order(StringComparer.Ordinal));
    }

    private static Tensor Left(Batch batch) => batch.Numeric.Slice(1, 0, 3);

    private static Tensor Right(Batch batch) => batch.Numeric.Slice(1, 3, 3);

    private static Tensor Cube(Batch batch) => batch.Numeric.Reshape(batch.Rows, 2, 3);

    private static Tensor Weights(params ReadOnlySpan<int> shape) => Tensor.Normal(new RandomStream(9), new Shape(shape));

    /// <summary>A copy of some columns of ids, each with an offset for its place.</summary>
    private static IndexTensor Columns(IndexTensor ids, int offset, params ReadOnlySpan<int> columns)
    {
        int rows = ids.Shape[0];
        var copy = new IndexTensor(rows, columns.Length);
        for (int row = 0; row < rows; row++)
        {
            for (int j = 0; j < columns.Length; j++) copy.Span[(row * columns.Length) + j] = ids.Span[(row * ids.Shape[1]) + columns[j]] + (offset * j);
        }

        return copy;
    }

    private static IndexTensor Flat(IndexTensor ids, int column) => IndexTensor.FromArray(Columns(ids, 0, column).Span);

    private static IndexTensor Constant(int rows, int id) => IndexTensor.FromArray([.. Enumerable.Repeat(id, rows)]);

    private static Tensor Pooled(Batch batch)
    {
        Tensor mask = batch.SequenceMask.Unsqueeze(2), items = Weights(7, 3).GatherRows(batch.SequenceIds!);
        return (items * mask).Sum(1) / Tensor.Maximum(mask.Sum(1), Tensor.Scalar(1f));
    }
}
