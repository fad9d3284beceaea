using System.CommandLine;
using Polymath.Reproductions;

namespace Polymath.Cli;

/// <summary><c>polymath papers</c>.</summary>
internal sealed class PapersCommand : Subcommand
{
    private readonly Argument<string> _slug = new("SYSTEM") { Arity = ArgumentArity.ZeroOrOne, Description = "Show one system in full, with its recorded results." };

    private readonly Option<bool> _markdown = new("--markdown") { Description = "Print the recorded results of SYSTEM as a page in Markdown." };

    /// <inheritdoc/>
    public override string Name => "papers";

    /// <inheritdoc/>
    public override string Description => "List the published systems: where in the code, how to run, measured result.";

    /// <inheritdoc/>
    protected override void AddFlags(Command command)
    {
        command.Add(_slug);
        command.Add(_markdown);
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Terminal terminal)
    {
        bool json = GlobalFlags.Json(parsed);
        if (parsed.GetValue(_markdown))
        {
            if (json) throw new UsageException("found both --markdown and --json, expected one of them.");
            string name = parsed.GetValue(_slug) ?? throw new UsageException("--markdown prints the results of one system; name it, as in 'polymath papers balancers --markdown'.");
            terminal.Output.Write((RecordedResults.Find(PublishedSystems.Find(name).Slug) ?? throw new UsageException($"no results of '{name}' are recorded; run 'polymath repro {name}'.")).ToMarkdown());
            return ExitCode.Success;
        }

        if (parsed.GetValue(_slug) is { } slug)
        {
            PublishedSystem system = PublishedSystems.Find(slug);
            if (json) JsonText.Write(terminal.Output, writer => SystemListing.Write(writer, system, inFull: true));
            else SystemListing.Write(terminal, system, inFull: true);
            return ExitCode.Success;
        }

        if (json)
        {
            JsonText.Write(terminal.Output, writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("systems");
                foreach (PublishedSystem system in PublishedSystems.All) SystemListing.Write(writer, system, inFull: false);
                writer.WriteEndArray();
                writer.WriteEndObject();
            });
            return ExitCode.Success;
        }

        foreach (PublishedSystem system in PublishedSystems.All)
        {
            SystemListing.Write(terminal, system, inFull: false);
            terminal.Output.WriteLine();
        }

        return ExitCode.Success;
    }
}
