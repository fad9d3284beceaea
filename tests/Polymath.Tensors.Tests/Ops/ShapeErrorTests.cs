using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>A wrong shape is told with the name of the operation and every shape involved.</summary>
public sealed class ShapeErrorTests
{
    private static readonly Dictionary<string, (Action Call, string[] Parts)> s_calls = new()
    {
        ["Add"] = (() => _ = Of(2, 3) + Of(2, 4), ["Add", "[2, 3]", "[2, 4]"]),
        ["Subtract"] = (() => _ = Of(2, 3) - Of(4), ["Subtract", "[2, 3]", "[4]"]),
        ["Multiply"] = (() => _ = Of(5) * Of(2, 4), ["Multiply", "[5]", "[2, 4]"]),
        ["Divide"] = (() => _ = Of(2, 3) / Of(3, 3), ["Divide", "[2, 3]", "[3, 3]"]),
        ["Maximum"] = (() => Tensor.Maximum(Of(2), Of(3)), ["Maximum", "[2]", "[3]"]),
        ["Minimum"] = (() => Tensor.Minimum(Of(2), Of(3)), ["Minimum", "[2]", "[3]"]),
        ["Pow"] = (() => Of(2).Pow(Of(3)), ["Pow", "[2]", "[3]"]),
        ["Where"] = (() => Tensor.Where(Of(2), Of(3), Of(3)), ["Where", "[2]", "[3]"]),
        ["EqualTo"] = (() => Of(2).EqualTo(Of(3)), ["EqualTo", "[2]", "[3]"]),
        ["LessThan"] = (() => Of(2).LessThan(Of(3)), ["LessThan", "[2]", "[3]"]),
        ["LessOrEqual"] = (() => Of(2).LessOrEqual(Of(3)), ["LessOrEqual", "[2]", "[3]"]),
        ["GreaterThan"] = (() => Of(2).GreaterThan(Of(3)), ["GreaterThan", "[2]", "[3]"]),
        ["GreaterOrEqual"] = (() => Of(2).GreaterOrEqual(Of(3)), ["GreaterOrEqual", "[2]", "[3]"]),
        ["MatMul rank"] = (() => Of(3).MatMul(Of(3, 2)), ["MatMul", "[3]", "[3, 2]"]),
        ["MatMul inner"] = (() => Of(2, 3).MatMul(Of(4, 5)), ["MatMul", "[2, 3]", "[4, 5]"]),
        ["MatMul inner transposed"] = (() => Of(2, 3).MatMul(Of(3, 5), transposeRight: true), ["MatMul", "[2, 3]", "[3, 5] transposed"]),
        ["MatMul batch"] = (() => Of(2, 2, 3).MatMul(Of(4, 3, 5)), ["MatMul", "[2, 2, 3]", "[4, 3, 5]"]),
        ["Sum axis"] = (() => Of(2, 3).Sum(2), ["Sum", "2", "[2, 3]"]),
        ["Sum axes"] = (() => Of(2, 3).Sum([0, -2]), ["Sum", "[2, 3]", "twice"]),
        ["Mean axis"] = (() => Of(2, 3).Mean(-3), ["Mean", "-3", "[2, 3]"]),
        ["Max axis"] = (() => Of(2, 3).Max(2), ["Max", "[2, 3]"]),
        ["Max of nothing"] = (() => Of(2, 0).Max(1), ["Max", "[2, 0]"]),
        ["ArgMax of nothing"] = (() => Of(0, 2).ArgMax(0), ["ArgMax", "[0, 2]"]),
        ["LogSumExp axis"] = (() => Of(2).LogSumExp(1), ["LogSumExp", "[2]"]),
        ["Softmax of a scalar"] = (() => Tensor.Scalar(1f).Softmax(), ["Softmax", "[]"]),
        ["LogSoftmax axis"] = (() => Of(2).LogSoftmax(1), ["LogSoftmax", "[2]"]),
        ["CumulativeSum axis"] = (() => Of(2).CumulativeSum(1), ["CumulativeSum", "[2]"]),
        ["Reshape"] = (() => Of(2, 3).Reshape(4, 2), ["Reshape", "[2, 3]", "[4, 2]"]),
        ["Reshape -1"] = (() => Of(2, 3).Reshape(4, -1), ["Reshape", "[2, 3]", "4"]),
        ["Unsqueeze"] = (() => Of(2).Unsqueeze(3), ["Unsqueeze", "3", "[2]"]),
        ["Squeeze length"] = (() => Of(2, 3).Squeeze(1), ["Squeeze", "[2, 3]"]),
        ["Squeeze axis"] = (() => Of(2, 3).Squeeze(2), ["Squeeze", "[2, 3]"]),
        ["Permute count"] = (() => Of(2, 3).Permute(1), ["Permute", "[2, 3]"]),
        ["Permute twice"] = (() => Of(2, 3).Permute(1, 1), ["Permute", "[2, 3]"]),
        ["Transpose"] = (() => Of(2).Transpose(), ["Transpose", "[2]"]),
        ["Slice range"] = (() => Of(2, 3).Slice(1, 2, 2), ["Slice", "[2, 4)", "[2, 3]"]),
        ["Slice overflow"] = (() => Of(2, 3).Slice(1, 2, int.MaxValue), ["Slice", "[2, 3]"]),
        ["Slice axis"] = (() => Of(2, 3).Slice(2, 0, 1), ["Slice", "[2, 3]"]),
        ["Select"] = (() => Of(2, 3).Select(0, 2), ["Select", "2", "[2, 3]"]),
        ["BroadcastTo"] = (() => Of(2, 3).BroadcastTo(2, 4), ["BroadcastTo", "[2, 3]", "[2, 4]"]),
        ["BroadcastTo smaller"] = (() => Of(2, 3).BroadcastTo(1, 3), ["BroadcastTo", "[2, 3]", "[1, 3]"]),
        ["Concat"] = (() => Tensor.Concat([Of(2, 3), Of(3, 3)], 1), ["Concat", "[2, 3]", "[3, 3]"]),
        ["Concat of nothing"] = (() => Tensor.Concat([], 1), ["Concat", "at least one"]),
        ["Stack"] = (() => Tensor.Stack([Of(2, 3), Of(3, 3)]), ["Stack", "[2, 3]", "[3, 3]"]),
        ["Stack of nothing"] = (() => Tensor.Stack([]), ["Stack", "at least one"]),
        ["Split"] = (() => Of(2, 3).Split(1, 1, 1), ["Split", "2", "[2, 3]"]),
        ["Gather"] = (() => Of(2, 3).Gather(1, IndexTensor.FromArray([0, 3])), ["Gather", "3", "position 1"]),
        ["Embedding"] = (() => Fused.Embedding(Of(5, 3), IndexTensor.FromArray([0, 4, 7])), ["Embedding", "7", "position 2", "5"]),
        ["Embedding negative"] = (() => Fused.Embedding(Of(5, 3), IndexTensor.FromArray([-1])), ["Embedding", "-1", "5"]),
        ["EmbedFields"] = (() => Fused.EmbedFields([Of(5, 3), Of(4, 2)], IndexTensor.FromArray([0, 4, 7], 3, 1)), ["EmbedFields", "[3, 1]", "2 tables"]),
        ["EmbedFields id"] = (() => Fused.EmbedFields([Of(5, 3), Of(4, 2)], IndexTensor.FromArray([0, 3, 1, 4], 2, 2)), ["EmbedFields", "id 4", "field 1", "row 1", "[0, 4)"]),
        ["EmbedFields negative"] = (() => Fused.EmbedFields([Of(5, 3)], IndexTensor.FromArray([-1], 1, 1)), ["EmbedFields", "-1", "field 0", "row 0"]),
        ["EmbedList"] = (() => Fused.EmbedList(Of(5, 3), IndexTensor.FromArray([0, 1], 1, 2), Of(2, 1), 0, 2), ["EmbedList", "[5, 3]", "[1, 2]", "[2, 1]"]),
        ["EmbedList columns"] = (() => Fused.EmbedList(Of(5, 3), IndexTensor.FromArray([0, 1], 1, 2), Of(1, 2), 1, 2), ["EmbedList", "1 to 3", "[1, 2]"]),
        ["EmbedList id"] = (() => Fused.EmbedList(Of(5, 3), IndexTensor.FromArray([0, 5], 1, 2), Tensor.Ones(1, 2), 0, 2), ["EmbedList", "row 0", "[0, 5)"]),
        ["Attention present"] = (() => Fused.ScaledDotProductAttention(Of(2, 3, 6), 2, present: Of(2, 2)), ["ScaledDotProductAttention", "[2, 2]", "[2, 3]"]),
        ["EmbedFields columns"] = (() => Fused.EmbedFields([Of(5, 3)], IndexTensor.FromArray([0], 1, 1), Of(2, 2)), ["EmbedFields", "[2, 2]", "1 rows"]),
        ["GroupedLinear"] = (() => Fused.GroupedLinear(Of(2, 5), [Of(4, 3), Of(4, 3)]), ["GroupedLinear", "[2, 5]", "2 weights", "[4, 3]"]),
        ["GroupedLinear weights"] = (() => Fused.GroupedLinear(Of(2, 6), [Of(4, 3), Of(3, 4)]), ["GroupedLinear", "weight 1", "[3, 4]", "[4, 3]"]),
        ["GroupedLinear biases"] = (() => Fused.GroupedLinear(Of(2, 6), [Of(4, 3), Of(4, 3)], [Of(4)]), ["GroupedLinear", "1 biases"]),
        ["Mixture"] = (() => Fused.Mixture(Of(2, 3), Of(2, 4)), ["Mixture", "4 columns", "[2, 3]"]),
        ["Mixture rows"] = (() => Fused.Mixture(Of(2, 3), Of(3, 6)), ["Mixture", "[3, 6]", "[2, 3]"]),
        ["Mixture cut"] = (() => Fused.Mixture(Of(2, 3), Of(2, 3), Of(2, 3)), ["Mixture", "[2, 3]", "cut in two"]),
        ["ScatterRows"] = (() => Of(2, 3).ScatterRows(IndexTensor.FromArray([0, 1, 2]), 4), ["ScatterRows", "[3]", "[2, 3]"]),
        ["ScatterRows index"] = (() => Of(2, 3).ScatterRows(IndexTensor.FromArray([0, 4]), 4), ["ScatterRows", "4", "position 1"]),
        ["Pick"] = (() => Of(2, 3).Pick(IndexTensor.FromArray([0, 1, 2])), ["Pick", "[3]", "[2, 3]", "[2]"]),
        ["FeedForward"] = (() => Fused.FeedForward(Of(2, 3), Of(4, 3), Of(4), Of(3, 5), Of(3)), ["FeedForward", "[2, 3]", "[4, 3]", "[3, 5]"]),
        ["Linear"] = (() => Fused.Linear(Of(2, 3), Of(4, 5)), ["Linear", "[2, 3]", "[4, 5]"]),
        ["Linear bias"] = (() => Fused.Linear(Of(2, 3), Of(4, 3), Of(3)), ["Linear", "[3]", "[4]"]),
        ["LayerNorm"] = (() => Fused.LayerNorm(Of(2, 3), Of(2), Of(3)), ["LayerNorm", "[2]", "[3]"]),
        ["RmsNorm"] = (() => Fused.RmsNorm(Of(2, 3), Of(2)), ["RmsNorm", "[2]", "[3]"]),
        ["BatchNorm rank"] = (() => Fused.BatchNorm(Of(2, 3, 4), Of(4), Of(4), 1e-5f, new float[4], new float[4]), ["BatchNorm", "[2, 3, 4]"]),
        ["BatchNorm rows"] = (() => Fused.BatchNorm(Of(1, 3), Of(3), Of(3), 1e-5f, new float[3], new float[3]), ["BatchNorm", "1 row"]),
        ["BatchNorm statistics"] = (() => Fused.BatchNorm(Of(2, 3), Of(3), Of(3), 1e-5f, new float[2], new float[3]), ["BatchNorm", "2 means", "[2, 3]"]),
        ["Attention"] = (() => Fused.ScaledDotProductAttention(Of(2, 3, 4), Of(2, 5, 4), Of(2, 6, 4), 2), ["ScaledDotProductAttention", "[2, 3, 4]", "[2, 5, 4]", "[2, 6, 4]"]),
        ["Attention heads"] = (() => Fused.ScaledDotProductAttention(Of(2, 3, 4), Of(2, 5, 4), Of(2, 5, 4), 3), ["ScaledDotProductAttention", "[2, 3, 4]", "3 heads"]),
        ["Attention packed"] = (() => Fused.ScaledDotProductAttention(Of(2, 3, 8), 2), ["ScaledDotProductAttention", "[2, 3, 8]", "3 parts of 2 heads"]),
        ["Attention mask"] = (() => Fused.ScaledDotProductAttention(Of(2, 3, 6), 2, mask: Of(3, 2)), ["ScaledDotProductAttention", "[3, 2]", "[3, 3]"]),
        ["Attention closed"] = (() => Fused.ScaledDotProductAttention(Of(2, 3, 6), 2, mask: Tensor.Ones(3, 3)), ["ScaledDotProductAttention", "every key of query 0"]),
        ["Attention without keys"] = (() => Fused.ScaledDotProductAttention(Of(2, 3, 4), Of(2, 0, 4), Of(2, 0, 4), 2), ["ScaledDotProductAttention", "no keys"]),
        ["SoftmaxCrossEntropy"] = (() => Fused.SoftmaxCrossEntropy(Of(2, 3), Of(3)), ["SoftmaxCrossEntropy", "[2, 3]", "[3]"]),
        ["SoftmaxCrossEntropy label"] = (() => Fused.SoftmaxCrossEntropy(Of(2, 3), Tensor.FromArray([0f, 3f])), ["SoftmaxCrossEntropy", "label 3", "position 1", "[0, 3)"]),
        ["SoftmaxCrossEntropy weights"] = (() => Fused.SoftmaxCrossEntropy(Of(2, 3), Of(2), Of(2)), ["SoftmaxCrossEntropy", "[2]", "[3]"]),
        ["BinaryCrossEntropy"] = (() => Fused.BinaryCrossEntropy(Of(2, 1), Of(2)), ["BinaryCrossEntropy", "[2, 1]", "[2]"]),
        ["Dropout"] = (() => Fused.Dropout(Of(2), 1f, new RandomStream(1)), ["Dropout", "1", "[0, 1)"]),
        ["Conv2d rank"] = (() => Fused.Conv2d(Of(2, 3, 4), Of(2, 3, 1, 1)), ["Conv2d", "[2, 3, 4]", "[2, 3, 1, 1]"]),
        ["Conv2d channels"] = (() => Fused.Conv2d(Of(2, 3, 4, 4), Of(2, 4, 1, 1)), ["Conv2d", "[2, 3, 4, 4]", "[2, 4, 1, 1]"]),
        ["Conv2d groups"] = (() => Fused.Conv2d(Of(2, 4, 4, 4), Of(3, 2, 1, 1), groups: 2), ["Conv2d", "[2, 4, 4, 4]", "[3, 2, 1, 1]", "2 group"]),
        ["Conv2d kernel"] = (() => Fused.Conv2d(Of(2, 3, 4, 4), Of(2, 3, 5, 5)), ["Conv2d", "[2, 3, 4, 4]", "[2, 3, 5, 5]"]),
        ["Conv2d bias"] = (() => Fused.Conv2d(Of(2, 3, 4, 4), Of(2, 3, 1, 1), Of(3)), ["Conv2d", "[3]", "[2]"]),
        ["Conv2d stride"] = (() => Fused.Conv2d(Of(2, 3, 4, 4), Of(2, 3, 1, 1), stride: 0), ["Conv2d", "stride 0"]),
        ["Conv1d"] = (() => Fused.Conv1d(Of(2, 3, 4), Of(2, 4, 1)), ["Conv1d", "[2, 3, 1, 4]", "[2, 4, 1, 1]"]),
        ["Clamp"] = (() => Of(2).Clamp(1f, 0f), ["Clamp", "1", "0"]),
    };

    public static TheoryData<string> Names => [.. s_calls.Keys];

    [Theory, MemberData(nameof(Names))]
    public void The_message_names_the_operation_and_the_shapes(string name)
    {
        (Action call, string[] parts) = s_calls[name];
        string message = Assert.Throws<TensorException>(call).Message;
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    private static Tensor Of(params int[] shape) => Tensor.Zeros(shape);
}
