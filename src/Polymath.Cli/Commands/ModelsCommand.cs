using System.CommandLine;
using Polymath.Tabular;

namespace Polymath.Cli;

/// <summary><c>polymath models</c>.</summary>
internal sealed class ModelsCommand : Subcommand
{
    /// <inheritdoc/>
    public override string Name => "models";

    /// <inheritdoc/>
    public override string Description => "List the models with their options and sources.";

    /// <inheritdoc/>
    protected override void AddFlags(Command command)
    {
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Terminal terminal)
    {
        new Catalogue("models", [.. TabularModels.All.Select(model => new CatalogueEntry(
            model.Name,
            model.Title,
            string.Empty,
            model.Paper,
            [.. model.Options.Select(option => new CatalogueOption(option.Name, option.Default, option.Range, option.Meaning))]))]).Write(terminal, GlobalFlags.Json(parsed));
        return ExitCode.Success;
    }
}
