using System.CommandLine;
using Polymath.Reproductions;
using Polymath.Tensors;

namespace Polymath.Cli;

/// <summary><c>polymath repro</c>.</summary>
internal sealed class ReproCommand : Subcommand
{
    private const string Group = "Reproduction";
    private const int MostSeeds = 1_000;
    private readonly Argument<string> _slug = new("SYSTEM") { Description = "Short name of a published system; 'polymath papers' lists them." };
    private readonly GroupedOption<bool> _quick = new("--quick", Group) { Description = "A short run that shows the effect." };
    private readonly GroupedOption<int?> _seeds = new("--seeds", Group) { HelpName = "n", Description = "Seeds to repeat with; the system's own number unless given." };
    private readonly GroupedOption<string> _data = new("--data", Group) { HelpName = "folder", Description = "Folder of the data sets; $POLYMATH_SHARED/data or ../shared/data unless given." };
    private readonly GroupedOption<string> _out = new("--out", Group, aliases: "-o") { HelpName = "folder", Description = "Also write the report (JSON and Markdown) and its pictures there." };

    /// <inheritdoc/>
    public override string Name => "repro";

    /// <inheritdoc/>
    public override string Description => "Run a published system and its baseline again, and check the paper's claim.";

    /// <inheritdoc/>
    protected override void AddFlags(Command command)
    {
        command.Add(_slug);
        command.Add(_quick);
        command.Add(_seeds);
        command.Add(_data);
        command.Add(_out);
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Terminal terminal)
    {
        PublishedSystem system = PublishedSystems.Find(parsed.GetRequiredValue(_slug));
        int? seeds = parsed.GetValue(_seeds);
        if (seeds is < 1 or > MostSeeds) throw new UsageException($"--seeds: found {seeds}, expected 1 to {MostSeeds}.");
        string? folder = parsed.GetValue(_out);
        string? data = ReproductionContext.FindData(parsed.GetValue(_data));
        bool created = folder is not null && Prepare(folder);
        bool quiet = GlobalFlags.Quiet(parsed);
        FractionDisplay display = FractionDisplay.For(terminal, quiet);
        using var interrupt = new Interrupt(display.Stopping, display.Abandon);
        ReproductionReport report;
        try
        {
            report = display.Show(progress => system.Reproduce(new ReproductionContext
            {
                Quick = parsed.GetValue(_quick),
                Seeds = seeds,
                DataFolder = data,
                OutputFolder = folder,
                Progress = at => progress(at.Fraction, at.Text),
                CancellationToken = interrupt.Token,
            }));
        }
        catch (OperationCanceledException)
        {
            if (created) Directory.Delete(folder!);
            if (!quiet) terminal.Error.WriteLine("Stopped; nothing was written.");
            return interrupt.ExitCode;
        }

        if (folder is not null)
        {
            AtomicFile.WriteText(Path.Combine(folder, system.Slug + ".json"), writer => writer.Write(report.ToJson()));
            AtomicFile.WriteText(Path.Combine(folder, system.Slug + ".md"), writer => writer.Write(report.ToMarkdown()));
        }

        if (GlobalFlags.Json(parsed)) terminal.Output.Write(report.ToJson());
        else ReproductionText.Write(report, terminal);
        return report.Holds ? ExitCode.Success : ExitCode.ClaimDoesNotHold;
    }

    // Before the work, not after it. Says whether the folder is new.
    private static bool Prepare(string folder)
    {
        if (folder.Length == 0) throw new UsageException("--out: found an empty name, expected a folder.");
        if (File.Exists(folder)) throw new UsageException($"--out: '{folder}' is a file, expected a folder.");
        if (Directory.Exists(folder)) return false;
        Directory.CreateDirectory(folder);
        return true;
    }
}
