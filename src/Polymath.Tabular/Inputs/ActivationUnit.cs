using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// The local activation unit of deep interest networks (Zhou et al. 2018, section 4.3): the weight of item x of a list for the row's item q is
/// w(x) = MLP([q, x, q - x, q x]), and the list becomes sum_l w(x_l) x_l. Child: <c>network</c>, with one hidden layer of 36 as in the paper.
/// </summary>
/// <example><code>
/// var random = new RandomStream(1);
/// var unit = new ActivationUnit(4, random);
/// Tensor item = Tensor.Normal(random, new Shape(2, 4)), list = Tensor.Normal(random, new Shape(2, 3, 4));
/// Tensor interest = unit.Forward(item, list, mask: Tensor.FromArray([1f, 1f, 0f, 0f, 0f, 0f], 2, 3));   // [2, 4]; the second row is zero
/// </code></example>
public sealed class ActivationUnit : Module
{
    private const int Hidden = 36;
    private readonly Mlp _network;

    /// <summary>A unit.</summary>
    /// <param name="width">Width of items, at least 1.</param>
    /// <param name="random">Where the initial values come from.</param>
    public ActivationUnit(int width, RandomStream random)
        => _network = Add("network", new Mlp(4 * width, new MlpOptions { Hidden = [Hidden], Activation = Activation.Sigmoid, OutputSize = 1 }, random));

    /// <summary>The weighted sum of every list.</summary>
    /// <param name="item">q, <c>[rows, width]</c>.</param>
    /// <param name="list">Shape <c>[rows, length, width]</c>.</param>
    /// <param name="mask">Shape <c>[rows, length]</c>, 1 where there is an item and 0 where there is padding.</param>
    /// <returns>Shape <c>[rows, width]</c>.</returns>
    public Tensor Forward(Tensor item, Tensor list, Tensor mask)
    {
        int rows = list.Shape[0], length = list.Shape[1], width = list.Shape[2];
        Tensor query = item.Reshape(rows, 1, width).BroadcastTo(list.Shape);
        Tensor weights = _network.Forward(Tensor.Concat([query, list, query - list, query * list], 2)).Reshape(rows, length);
        return Fused.Mixture(Tensor.Where(mask, weights, Tensor.Scalar(0f)), list.Reshape(rows, length * width));
    }
}
