using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>One sampled call of an operation with its float64 reference.</summary>
internal sealed record OpCase(OpInput[] Inputs, Func<Tensor[], Tensor> Apply, Func<Dense[], Dense> Reference)
{
    /// <summary>The inputs as tensors, those that are differentiable as leaves.</summary>
    public Tensor[] Leaves() => [.. Inputs.Select(i => i.Differentiable ? Make(i).WithGradient() : Make(i))];

    /// <summary>The inputs as constants.</summary>
    public Tensor[] Constants() => [.. Inputs.Select(Make)];

    public override string ToString() => string.Join(" ", Inputs.Select(i => i.ToString()));

    private static Tensor Make(OpInput input)
    {
        // Uninitialised by way of Zeros: a scalar has the empty shape, which FromArray takes as "one axis".
        Tensor tensor = Tensor.Zeros(input.Shape);
        input.Values.CopyTo(tensor.Span);
        return tensor;
    }
}
