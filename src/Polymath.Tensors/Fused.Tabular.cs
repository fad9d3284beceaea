namespace Polymath.Tensors;

// What networks over table rows are made of: fields looked up side by side, experts run side by side, experts mixed by gates.
public static partial class Fused
{
    /// <summary>One field of category ids as indicators: 1 in the column of the row's id, else 0.</summary>
    /// <param name="ids">Shape <c>[rows, fields]</c>.</param>
    /// <param name="field">Which of them.</param>
    /// <param name="count">Its number of ids.</param>
    /// <returns>Shape <c>[rows, count]</c>.</returns>
    /// <exception cref="TensorException">An id is outside [0, <paramref name="count"/>), or there is no such field.</exception>
    public static Tensor Indicators(IndexTensor ids, int field, int count) => Ops.Indicator.Forward(ids, field, count);

    /// <summary>One vector per categorical field, side by side in field order, then the columns that need no table: the input row of a network in one pass.</summary>
    /// <param name="tables">F tables, <c>[ids of the field, width of the field]</c>.</param>
    /// <param name="ids">Shape <c>[rows, F]</c>, the ids of field f in [0, ids of the field).</param>
    /// <param name="columns">Shape <c>[rows, D]</c>, or <c>default</c> for none.</param>
    /// <returns>Shape <c>[rows, sum of widths + D]</c>.</returns>
    /// <exception cref="TensorException">The shapes do not fit each other, or an id is outside its table; the message names field and row.</exception>
    public static Tensor EmbedFields(ReadOnlySpan<Tensor> tables, IndexTensor ids, Tensor columns = default) => Ops.EmbedFields.Forward(tables, ids, columns);

    /// <summary>The vectors of a list of ids per row; zeros where a list is padded, whose vectors get no gradient.</summary>
    /// <param name="table">Shape <c>[ids, width]</c>.</param>
    /// <param name="ids">Shape <c>[rows, columns]</c>; in [0, ids) wherever something is present.</param>
    /// <param name="present">Shape <c>[rows, columns]</c>, 0 where there is padding. Not differentiated.</param>
    /// <param name="first">The first column of the list, as several lists may lie side by side.</param>
    /// <param name="count">How many columns the list has.</param>
    /// <returns>Shape <c>[rows, count, width]</c>.</returns>
    /// <exception cref="TensorException">The shapes do not fit each other, or an id is outside the table.</exception>
    public static Tensor EmbedList(Tensor table, IndexTensor ids, Tensor present, int first, int count) => Ops.EmbedList.Forward(table, ids, present, first, count);

    /// <summary>G linear maps of one shape, each on a slice of the columns of its own: y_g = f(x_g W_g^T + b_g).</summary>
    /// <param name="input">Shape <c>[rows, G in]</c>: x_1, ..., x_G side by side.</param>
    /// <param name="weights">G weights <c>[out, in]</c>.</param>
    /// <param name="biases">G biases <c>[out]</c>, or none at all.</param>
    /// <param name="activation">f; Relu and Sigmoid are part of the products, the others an operation of their own.</param>
    /// <returns>Shape <c>[rows, G out]</c>: y_1, ..., y_G side by side.</returns>
    /// <exception cref="TensorException">The shapes do not fit each other.</exception>
    public static Tensor GroupedLinear(Tensor input, ReadOnlySpan<Tensor> weights, ReadOnlySpan<Tensor> biases = default, Activation activation = Activation.Identity)
        => Kernels.GemmEpilogue.Fuses(activation) ? Ops.GroupedLinear.Forward(input, weights, biases, activation) : Ops.GroupedLinear.Forward(input, weights, biases, Activation.Identity).Apply(activation);

    /// <summary>The weighted sum of E vectors in every row, z = sum_e gate_e f_e, as a mixture of experts takes it (Jacobs et al. 1991).</summary>
    /// <param name="gate">Weights, <c>[rows, E]</c>.</param>
    /// <param name="experts">The vectors f_1, ..., f_E side by side in one tensor <c>[rows, E width]</c>, or cut anywhere between two of them into several.</param>
    /// <returns>Shape <c>[rows, width]</c>.</returns>
    /// <exception cref="TensorException">The shapes do not fit each other.</exception>
    public static Tensor Mixture(Tensor gate, params ReadOnlySpan<Tensor> experts) => Ops.Mixture.Forward(gate, experts);
}
