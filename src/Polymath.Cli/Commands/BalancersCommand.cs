using System.CommandLine;
using Polymath.Learning.Balancing;

namespace Polymath.Cli;

/// <summary><c>polymath balancers</c>.</summary>
internal sealed class BalancersCommand : Subcommand
{
    /// <inheritdoc/>
    public override string Name => "balancers";

    /// <inheritdoc/>
    public override string Description => "List the balancers with their needs, options and sources.";

    /// <inheritdoc/>
    protected override void AddFlags(Command command)
    {
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Terminal terminal)
    {
        new Catalogue("balancers", [.. Balancers.All.Select(balancer => new CatalogueEntry(
            balancer.Name,
            balancer.Title,
            balancer.Needs.ToString().ToLowerInvariant(),
            balancer.Paper,
            [.. balancer.Parameters.Select(parameter => new CatalogueOption(parameter.Name, parameter.Default.Length == 0 ? "1/K" : parameter.Default, parameter.Range, parameter.Meaning))]))]).Write(terminal, GlobalFlags.Json(parsed));
        return ExitCode.Success;
    }
}
