using System.CommandLine;
using Polymath.Boosting.Runs;
using Polymath.Data;
using Polymath.Data.Runs;
using Polymath.Learning.Reporting;
using Polymath.Tabular.Runs;

namespace Polymath.Cli;

/// <summary><c>polymath inspect</c>.</summary>
internal sealed class InspectCommand : Subcommand
{
    private const string Group = "Inspect";
    private readonly Argument<string> _what = new("WHAT") { Description = "A .safetensors file, the folder of a run or of a model, or a table." };
    private readonly GroupedOption<bool> _noNorms = new("--no-norms", Group) { Description = "Do not read the weights of a .safetensors file; so it is from 1 GB on." };
    private readonly GroupedOption<bool> _norms = new("--norms", Group) { Description = "Read the weights, piece by piece, however large the file is." };
    private readonly GroupedOption<string?> _experts = new("--experts", Group) { HelpName = "DATA", Arity = ArgumentArity.ZeroOrOne, Description = "How the model of a run uses its experts: as its report has it, or on the rows of a table." };
    private readonly Lazy<RunFlags<DataSettings>> _reading = new(ReadingFlags.WithKinds);

    /// <inheritdoc/>
    public override string Name => "inspect";

    /// <inheritdoc/>
    public override string Description => "Show what a model file, a run or a table holds.";

    /// <inheritdoc/>
    protected override void AddFlags(Command command)
    {
        command.Add(_what);
        command.Add(_norms);
        command.Add(_noNorms);
        command.Add(_experts);
        _reading.Value.AddTo(command);
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Terminal terminal)
    {
        string what = parsed.GetRequiredValue(_what);
        bool json = GlobalFlags.Json(parsed), norms = parsed.GetValue(_norms), noNorms = parsed.GetValue(_noNorms);
        if (norms && noNorms) throw new UsageException("found both --norms and --no-norms, expected one of them.");
        if (parsed.GetResult(_experts) is { Implicit: false }) WriteExperts(Path.TrimEndingDirectorySeparator(what), parsed.GetValue(_experts), parsed, terminal, json);
        else if (what.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            if (Directory.Exists(what)) throw new UsageException($"{what}: is a folder, expected a file.");
            if (!File.Exists(what)) throw new UsageException($"{what}: no such file.");
            new SafetensorsInspection(what, norms ? true : noNorms ? false : null).Write(terminal, json);
        }
        else if (Directory.Exists(what) && Shards(what) is { Length: > 0 } shards) WriteModel(shards, norms ? true : noNorms ? false : null, terminal, json);
        else if (Directory.Exists(what)) WriteRun(Path.TrimEndingDirectorySeparator(what), terminal, json);
        else
        {
            DataSettings reading = _reading.Value.Apply(new DataSettings(), parsed);
            Table table = Table.Read(what, reading.ReadOptions(reading.SkipLines) with { DropColumns = reading.Drop });
            TableInspection.Write(table, terminal, json);
        }

        return ExitCode.Success;
    }

    private void WriteExperts(string path, string? data, ParseResult parsed, Terminal terminal, bool json)
    {
        if (!Directory.Exists(path)) throw new UsageException($"--experts: found '{path}', expected the folder of a finished run.");
        if (BoostFolder.Is(path)) throw new UsageException($"--experts: '{path}' is a run of boosted trees, which have no experts; expected a run of polymath train.");
        if (data is null)
        {
            RunReport report = new RunFolder(path).ReadReport();
            ExpertInspection.Write(report.Experts ?? throw new RunException($"{path}: its report has no figures of experts, expected a run of a model with experts, such as mmoe, ple or home; '--experts DATA' looks at them on a table."), terminal, json);
            return;
        }

        TrainedRun run = TrainedRun.Load(path);
        DataSettings reading = _reading.Value.Apply(run.Settings, parsed);
        ExpertInspection.Write(run.InspectExperts(data, reading.ReadOptions(reading.SkipLines)), terminal, json);
    }

    // The files of a whole model, as merges and Hugging Face write it; the folder of a run has settings beside its weights.
    private static string[] Shards(string folder)
        => File.Exists(Path.Combine(folder, "config.yaml")) || !File.Exists(Path.Combine(folder, "config.json")) ? [] : [.. Directory.GetFiles(folder, "*.safetensors").Order(StringComparer.Ordinal)];

    private static void WriteModel(string[] shards, bool? norms, Terminal terminal, bool json)
    {
        if (json && shards.Length > 1) throw new UsageException($"--json: the model has {shards.Length} files, expected one; inspect them one by one.");
        foreach (string shard in shards)
        {
            if (shards.Length > 1) terminal.Output.WriteLine($"{(shard == shards[0] ? string.Empty : "\n")}{Path.GetFileName(shard)}");
            new SafetensorsInspection(shard, norms).Write(terminal, json);
        }
    }

    private static void WriteRun(string path, Terminal terminal, bool json)
    {
        if (BoostFolder.Is(path)) BoostInspection.Write(new BoostFolder(path), terminal, json);
        else RunInspection.Write(new RunFolder(path), terminal, json);
    }
}
