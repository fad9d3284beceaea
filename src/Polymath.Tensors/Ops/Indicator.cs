namespace Polymath.Tensors.Ops;

/// <summary>y[i, j] = 1 where ids[i, column] = j, else 0: one field of category ids as indicators. Ids have no gradient.</summary>
internal sealed class Indicator : Op
{
    public static readonly Indicator Rule = new();

    public override string Name => "Indicator";

    /// <param name="ids">Shape <c>[rows, fields]</c>.</param>
    /// <param name="column">Which field.</param>
    /// <param name="count">Its number of ids.</param>
    public static Tensor Forward(IndexTensor ids, int column, int count)
    {
        if (ids.Shape.Rank != 2 || (uint)column >= (uint)ids.Shape[1]) throw new TensorException($"Indicator: found ids {ids.Shape} for field {column}, expected [rows, fields].");
        int rows = ids.Shape[0], fields = ids.Shape[1];
        Tensor indicators = Tensor.Zeros(rows, count);
        Span<float> values = indicators.Span;
        ReadOnlySpan<int> id = ids.Span;
        for (int row = 0; row < rows; row++)
        {
            int one = id[(row * fields) + column];
            if ((uint)one >= (uint)count) throw new TensorException($"Indicator: id {one} of field {column} in row {row} is outside [0, {count}).");
            values[(row * count) + one] = 1f;
        }

        Node y = indicators.Node;
        y.A = column;
        y.Indices = ids;
        return Tensor.Record(Rule, y);
    }

    public override void Backward(in Vjp vjp) => throw new NotSupportedException("ids have no gradient.");
}
