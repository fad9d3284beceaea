namespace Polymath.Tests;

/// <summary>
/// One row of the operation table: how to sample a call, and what it claims. Every generated test reads only this.
/// </summary>
/// <param name="Name">Unique, used as the name of the test row.</param>
/// <param name="Sample">Draws shapes and values.</param>
/// <param name="Differentiable">First-order gradients exist.</param>
/// <param name="SecondOrder">Gradients of gradients exist.</param>
/// <param name="MayAlias">Inputs of one shape may be one tensor (false where an input has a special domain).</param>
internal sealed record OpSpec(string Name, Func<Sampler, OpCase> Sample, bool Differentiable = true, bool SecondOrder = true, bool MayAlias = true)
{
    /// <summary>The call for one seed; early seeds stress empty and single axes.</summary>
    public OpCase Case(int seed) => Sample(new Sampler(Name, seed));
}
