namespace Polymath.Learning.Balancing;

/// <summary>A registered balancer: what it reads, what it costs, its parameters and where it comes from.</summary>
/// <param name="Name">The registry name, lower case.</param>
/// <param name="Title">The method's name in full.</param>
/// <param name="Needs">What it reads.</param>
/// <param name="Paper">The source.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Factory">Makes one from parsed values.</param>
public sealed record BalancerDescriptor(
    string Name,
    string Title,
    BalancerNeeds Needs,
    string Paper,
    IReadOnlyList<BalancerParameter> Parameters,
    Func<BalancerArguments, Balancer> Factory)
{
    /// <summary>Whether a step needs the gradient of every task, not only that of one weighted loss.</summary>
    public bool NeedsTaskGradients => (Needs & ~BalancerNeeds.Losses) != 0;

    /// <summary>Backward passes per step on a one-loss-at-a-time engine: K or 1. (Polymath's own tape does all K in one pass.)</summary>
    /// <param name="tasks">K.</param>
    public int BackwardPasses(int tasks) => NeedsTaskGradients ? tasks : 1;

    /// <summary>The parameter of that name.</summary>
    /// <param name="name">A name in <see cref="Parameters"/>.</param>
    public BalancerParameter Parameter(string name) => Parameters.First(parameter => parameter.Name == name);
}
