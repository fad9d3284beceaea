namespace Polymath.Tensors;

/// <summary>
/// The backward rule of one operation. Its forward rule is a static method of the same class. Rules are stateless: everything
/// they need is on the node. Cotangents carry a leading task axis, <c>[tasks, ...output shape]</c>, and a rule returns
/// <c>[tasks, ...input shape]</c>: written once, it serves one loss and a hundred.
/// </summary>
internal abstract class Op
{
    private const double ElementCost = 2;

    /// <summary>The name used in error messages.</summary>
    public abstract string Name { get; }

    /// <summary>Vector-Jacobian product: gives every input that needs one its share of <see cref="Vjp.Gradient"/>.</summary>
    public abstract void Backward(in Vjp vjp);

    /// <summary>Multiplications that the rule does for one task; by default a few per element of the result.</summary>
    public virtual RuleCost Cost(Node node, BackwardPass pass) => new(ElementCost * node.Shape.Length);
}
