namespace Polymath.Tensors.Ops;

/// <summary>y = 1 where a comparison of a and b holds, else 0. It has no gradient and is never recorded; a trace shows it under this name.</summary>
internal sealed class Comparison : Op
{
    public static readonly Comparison Rule = new();

    public override string Name => "Comparison";

    public override void Backward(in Vjp vjp) => throw new NotSupportedException("a comparison has no gradient.");
}
