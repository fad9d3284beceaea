using System.CommandLine;
using Polymath.Learning.Balancing;

namespace Polymath.Cli;

/// <summary><c>polymath balancers</c>.</summary>
internal sealed class BalancersCommand : Subcommand
{
    private readonly Argument<string?> _name = new("NAME") { Description = "The balancer to show with its options; all of them, without options, when left out.", Arity = ArgumentArity.ZeroOrOne };

    /// <inheritdoc/>
    public override string Name => "balancers";

    /// <inheritdoc/>
    public override string Description => "List the balancers: what they read, what a step costs, options, sources.";

    /// <inheritdoc/>
    protected override void AddFlags(Command command) => command.Add(_name);

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Terminal terminal)
    {
        string? wanted = parsed.GetValue(_name);
        bool json = GlobalFlags.Json(parsed);
        IReadOnlyList<BalancerDescriptor> shown = wanted is null ? Balancers.All : [Balancers.Find(wanted)];
        new Catalogue("balancers", [.. shown.Select(Entry)], Brief: wanted is null).Write(terminal, json);
        if (wanted is null && !json)
        {
            foreach (string line in TextWrap.Lines($"K is the number of tasks; Polymath's tape sweeps all K in one pass. Show the options of one with 'polymath balancers NAME'; use it with --balancer NAME:option=value,...", terminal.TextWidth)) terminal.Output.WriteLine(line);
        }

        return ExitCode.Success;
    }

    private static CatalogueEntry Entry(BalancerDescriptor balancer)
        => new(balancer.Name, balancer.Title, Needs(balancer.Needs), balancer.Paper, [.. balancer.Parameters.Select(parameter => new CatalogueOption(parameter.Name, parameter.Default.Length == 0 ? "1/K" : parameter.Default, parameter.Range, parameter.Meaning))]) { Cost = Cost(balancer) };

    private static string Needs(BalancerNeeds needs)
    {
        (BalancerNeeds Flag, string Words)[] words =
        [
            (BalancerNeeds.Losses, "losses"),
            (BalancerNeeds.Gramian, "inner products of the tasks' gradients"),
            (BalancerNeeds.Gradients, "the tasks' gradients"),
            (BalancerNeeds.RepresentationGradients, "gradients at the shared representation"),
            (BalancerNeeds.LossesAfterStep, "the losses after the step"),
            (BalancerNeeds.ThreeBatches, "gradients of three batches"),
            (BalancerNeeds.Bilevel, "gradients before and after a trial step"),
        ];
        return string.Join(", ", words.Where(word => (needs & word.Flag) != 0).Select(word => word.Words));
    }

    // The number of passes is a + b K.
    private static string Cost(BalancerDescriptor balancer)
    {
        int slope = balancer.BackwardPasses(2) - balancer.BackwardPasses(1), constant = balancer.BackwardPasses(1) - slope;
        string perTask = slope switch { 0 => string.Empty, 1 => "K", _ => $"{slope}K" };
        string passes = slope == 0 ? $"{constant}" : constant == 0 ? perTask : $"{perTask} + {constant}";
        string after = balancer.ForwardPasses == 1 ? string.Empty
            : (balancer.Needs & BalancerNeeds.LossesAfterStep) != 0 ? ", one more forward pass"
            : $", {balancer.ForwardPasses} forward passes";
        return $"{passes} backward {(passes == "1" ? "pass" : "passes")} a step{after}";
    }
}
