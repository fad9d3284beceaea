using System.Collections.Frozen;
using Polymath.Tensors;
using Polymath.Tensors.Ops;

namespace Polymath.Onnx.Operations;

/// <summary>
/// How every operation of the engine is said in ONNX. An operation that is new to the engine gets one line here; losses, training-time operations and
/// those of images have none.
/// </summary>
internal static class OperationTable
{
    private static readonly FrozenDictionary<Type, Func<OperationContext, string>> s_operations = new Dictionary<Type, Func<OperationContext, string>>
    {
        [typeof(Abs)] = static context => context.Same("Abs"),
        [typeof(Add)] = static context => context.Same("Add"),
        [typeof(Affine)] = Elementwise.Affine,
        [typeof(BroadcastTo)] = Layouts.BroadcastTo,
        [typeof(Clamp)] = Elementwise.Clamp,
        [typeof(Comparison)] = Elementwise.Comparison,
        [typeof(Concat)] = Layouts.Concat,
        [typeof(Cos)] = static context => context.Same("Cos"),
        [typeof(CumulativeSum)] = Reductions.CumulativeSum,
        [typeof(Divide)] = static context => context.Same("Div"),
        [typeof(EmbedFields)] = Lookups.EmbedFields,
        [typeof(EmbedList)] = Lookups.EmbedList,
        [typeof(Erf)] = static context => context.Same("Erf"),
        [typeof(Exp)] = static context => context.Same("Exp"),
        [typeof(FeedForward)] = Products.FeedForward,
        [typeof(Gather)] = Lookups.Gather,
        [typeof(Gelu)] = static context => Activations.Gelu(context.Graph, context.Input(0)),
        [typeof(GeluTanh)] = static context => Activations.GeluTanh(context.Graph, context.Input(0)),
        [typeof(GroupedLinear)] = Products.GroupedLinear,
        [typeof(Indicator)] = Lookups.Indicator,
        [typeof(LayerNorm)] = Normalisations.LayerNorm,
        [typeof(Linear)] = Products.Linear,
        [typeof(Log)] = static context => context.Same("Log"),
        [typeof(LogSoftmax)] = static context => Reductions.OverLastAxis(context, "LogSoftmax"),
        [typeof(LogSumExp)] = Reductions.LogSumExp,
        [typeof(MatMul)] = Products.MatMul,
        [typeof(Max)] = Reductions.Max,
        [typeof(Maximum)] = static context => context.Same("Max"),
        [typeof(Minimum)] = static context => context.Same("Min"),
        [typeof(Mixture)] = Products.Mixture,
        [typeof(Multiply)] = static context => context.Same("Mul"),
        [typeof(Permute)] = Layouts.Permute,
        [typeof(Pick)] = Lookups.Pick,
        [typeof(Place)] = Layouts.Place,
        [typeof(Power)] = Elementwise.Power,
        [typeof(Relu)] = static context => context.Same("Relu"),
        [typeof(Reshape)] = Layouts.Reshape,
        [typeof(RmsNorm)] = Normalisations.RmsNorm,
        [typeof(ScaledDotProductAttention)] = Attention.Translate,
        [typeof(Sigmoid)] = static context => context.Same("Sigmoid"),
        [typeof(Silu)] = static context => Activations.Silu(context.Graph, context.Input(0)),
        [typeof(Sin)] = static context => context.Same("Sin"),
        [typeof(Slice)] = Layouts.Slice,
        [typeof(Softmax)] = static context => Reductions.OverLastAxis(context, "Softmax"),
        [typeof(Softplus)] = static context => context.Same("Softplus"),
        [typeof(Sqrt)] = static context => context.Same("Sqrt"),
        [typeof(Subtract)] = static context => context.Same("Sub"),
        [typeof(Sum)] = Reductions.Sum,
        [typeof(Tanh)] = static context => context.Same("Tanh"),
        [typeof(TensorPower)] = static context => context.Same("Pow"),
        [typeof(Where)] = Elementwise.Where,
    }.ToFrozenDictionary();

    /// <summary>Whether an operation has a counterpart.</summary>
    public static bool Knows(Type operation) => s_operations.ContainsKey(operation);

    /// <summary>Adds an operation to the graph.</summary>
    /// <returns>The name of its result.</returns>
    /// <exception cref="OnnxException">It has no counterpart.</exception>
    public static string Translate(OperationContext context)
    {
        Op op = context.Step.Op;
        return s_operations.TryGetValue(op.GetType(), out Func<OperationContext, string>? translate)
            ? translate(context)
            : throw new OnnxException($"the model uses the operation {op.Name}, which has no counterpart in an ONNX graph here.");
    }
}
