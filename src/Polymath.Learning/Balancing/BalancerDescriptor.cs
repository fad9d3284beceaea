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
    /// <summary>Fewest tasks of a model for which the rule is defined, with its default parameters.</summary>
    public int MinimumTasks { get; init; } = 1;

    /// <summary>The passes of a rule that chooses itself where it looks; null where they follow from <see cref="Needs"/>.</summary>
    public PassCount? Passes { get; init; }

    /// <summary>Whether a step needs the gradient of every task, not only that of one weighted loss.</summary>
    public bool NeedsTaskGradients => Passes is null ? (Needs & ~(BalancerNeeds.Losses | BalancerNeeds.LossesAfterStep)) != 0 : Passes.BackwardPerTask > 0;

    /// <summary>
    /// Backward passes per step on a one-loss-at-a-time engine: 1, K or 3K, or what a bilevel rule takes at its default parameters, those over half a
    /// batch included. (Polymath's own tape does all K in one pass.)
    /// </summary>
    /// <param name="tasks">K.</param>
    public int BackwardPasses(int tasks) => Passes is { } passes
        ? passes.Backward + (passes.BackwardPerTask * tasks)
        : (Needs & BalancerNeeds.ThreeBatches) != 0 ? 3 * tasks : NeedsTaskGradients ? tasks : 1;

    /// <summary>Forward passes per step: 1, one more for losses after the step, 3 for three batches, or what a bilevel rule takes at its default parameters.</summary>
    public int ForwardPasses => Passes is { } passes ? passes.Forward : ((Needs & BalancerNeeds.ThreeBatches) != 0 ? 3 : 1) + ((Needs & BalancerNeeds.LossesAfterStep) != 0 ? 1 : 0);

    /// <summary>The specification of a balancer with these values: the name, and what differs from the defaults.</summary>
    /// <param name="values">One per parameter, in order: numbers, flags, enumerations in the order of the choices, or lists of numbers; null for a vector left out.</param>
    public string Specify(params ReadOnlySpan<object?> values)
    {
        var given = new List<string>();
        for (int i = 0; i < Parameters.Count; i++)
        {
            if (!Parameters[i].IsDefault(values[i])) given.Add($"{Parameters[i].Name}={Parameters[i].Write(values[i])}");
        }

        return given.Count == 0 ? Name : $"{Name}:{string.Join(',', given)}";
    }

    /// <summary>The parameter of that name.</summary>
    /// <param name="name">A name in <see cref="Parameters"/>.</param>
    public BalancerParameter Parameter(string name) => Parameters.First(parameter => parameter.Name == name);
}
