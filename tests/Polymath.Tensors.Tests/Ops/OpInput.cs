namespace Polymath.Tests;

/// <summary>One input of an operation: float32 values, and whether a gradient is checked for it.</summary>
internal sealed record OpInput(int[] Shape, float[] Values, bool Differentiable = true)
{
    public Dense ToDense() => new(Shape, [.. Values.Select(v => (double)v)]);

    public override string ToString() => $"[{string.Join(", ", Shape)}]";
}
