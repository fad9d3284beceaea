using System.CommandLine;
using Polymath.Merging.Blending;
using Polymath.Merging.Configuration;
using Polymath.Merging.Execution;
using Polymath.Merging.Planning;

namespace Polymath.Cli;

/// <summary><c>polymath merge</c>.</summary>
internal sealed class MergeCommand : Subcommand
{
    private const string Quick = "Without a configuration", Output = "Output", Computing = "Computing", Search = "Search";
    private const string DefaultShard = "5GB", DefaultMemory = "2GB";
    private readonly Argument<string?> _first = new("CONFIG") { Description = "A mergekit configuration (YAML); left out with --method.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Argument<string?> _second = new("OUT") { Description = "The folder to create, or a .safetensors file for the tensors alone.", Arity = ArgumentArity.ZeroOrOne };
    private readonly GroupedOption<bool> _list = new("--list", "Look") { Description = "List the methods; with a name in place of CONFIG, that method with its parameters." };
    private readonly GroupedOption<bool> _markdown = new("--markdown", "Look") { Description = "With --list: the table of the documentation." };
    private readonly GroupedOption<bool> _dryRun = new("--dry-run", "Look") { Description = "Show what would be merged, tensor by tensor, and how long it would take; nothing is written." };
    private readonly GroupedOption<bool> _print = new("--print-config", "Look") { Description = "Print the configuration that the flags stand for." };
    private readonly GroupedOption<string> _method = new("--method", Quick, aliases: "-m") { HelpName = "name", Description = "The merge method." };
    private readonly GroupedOption<string> _base = new("--base", Quick, aliases: "-b") { HelpName = "model", Description = "The base model." };
    private readonly GroupedOption<string[]> _models = new("--model", Quick) { HelpName = "model", Description = "A model, as a path or path:weight=0.5,density=0.6; once for each." };
    private readonly GroupedOption<string[]> _set = new("--set", Quick) { HelpName = "p=value", Description = "A parameter for all models or of the method; once for each." };
    private readonly GroupedOption<string> _type = new("--dtype", Quick) { HelpName = "type", Description = "float32, float16 or bfloat16; that of the inputs unless given." };
    private readonly GroupedOption<bool> _overwrite = new("--overwrite", Output) { Description = "Replace OUT when it exists." };
    private readonly GroupedOption<string> _shard = new("--shard-size", Output, DefaultShard, "--out-shard-size") { HelpName = "size", Description = "The most bytes of tensors in one file." };
    private readonly GroupedOption<bool> _noReport = new("--no-report", Output) { Description = "Leave out report.html, which takes one more pass over the inputs." };
    private readonly GroupedOption<bool> _noCard = new("--no-card", Output) { Description = "Leave out README.md and mergekit_config.yml." };
    private readonly GroupedOption<ulong> _seed = new("--seed", Computing, "0", "-s", "--random-seed") { HelpName = "n", Description = "Seed of the methods that drop at random." };
    private readonly GroupedOption<string> _memory = new("--memory", Computing, DefaultMemory) { HelpName = "size", Description = "The most working memory for methods that hold a whole tensor." };
    private readonly GroupedOption<string> _rounding = new("--rounding", Computing, "once") { HelpName = "when", Description = "once: single precision, rounded when stored. steps: after every step, as mergekit does." };
    private readonly GroupedOption<string> _rescale = new("--rescale", Computing, "l1") { HelpName = "rule", Description = "l1: by the ratio of L1 norms, as mergekit does. density: by 1/density, as the DARE paper does." };
    private readonly GroupedOption<bool> _exact = new("--exact-breadcrumbs", Computing) { Description = "Let breadcrumbs keep tensors of which it has no top element to drop." };
    private readonly GroupedOption<bool> _finite = new("--refuse-nan", Computing) { Description = "Stop at a NaN or an infinity instead of warning." };
    private readonly GroupedOption<bool> _crimes = new("--allow-crimes", Computing) { Description = "Merge models of different architectures as far as their tensors fit." };
    private readonly GroupedOption<string> _tensors = new("--tensors", Computing, "leading") { HelpName = "which", Description = "leading: those of the base or first model, which all must have. intersection, union: of all models." };
    private readonly GroupedOption<bool> _includeBase = new("--include-base", Computing) { Description = "Let karcher average in a base that is not listed, as mergekit does." };
    private readonly GroupedOption<string[]> _search = new("--search", Search) { HelpName = "p=values", Description = "Try values of a parameter, as p=0.1,0.3 or p=first:last:step; once for each parameter." };
    private readonly GroupedOption<string> _evaluator = new("--evaluate", Search) { HelpName = "command", Description = "Scores a merged model: {} becomes its path, the last number printed is the score." };
    private readonly GroupedOption<string> _run = new("--evaluate-run", Search) { HelpName = "run", Description = "Scores with the folder of a training whose weights are replaced by the merged ones." };
    private readonly GroupedOption<string> _on = new("--on", Search) { HelpName = "table", Description = "The table that --evaluate-run scores on." };
    private readonly GroupedOption<bool> _minimize = new("--minimize", Search) { Description = "A smaller score is better." };

    /// <inheritdoc/>
    public override string Name => "merge";

    /// <inheritdoc/>
    public override string Description => "Merge fine-tuned models into one; reads mergekit's configurations.";

    /// <inheritdoc/>
    protected override void AddFlags(Command command)
    {
        command.Add(_first);
        command.Add(_second);
        foreach (Option option in (Option[])[_list, _markdown, _dryRun, _print, _method, _base, _models, _set, _type, _overwrite, _shard, _noReport, _noCard, _seed, _memory, _rounding, _rescale, _exact, _finite, _crimes, _tensors, _includeBase, _search, _evaluator, _run, _on, _minimize]) command.Add(option);
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Terminal terminal)
    {
        bool json = GlobalFlags.Json(parsed);
        string? first = parsed.GetValue(_first), second = parsed.GetValue(_second);
        if (parsed.GetValue(_list))
        {
            if (second is not null) throw new UsageException($"--list: found '{second}' after '{first}', expected one method at most.");
            if (parsed.GetValue(_markdown)) terminal.Output.Write(Merging.Methods.MethodTable.Markdown());
            else MethodListing.Write(first, terminal, json);
            return ExitCode.Success;
        }

        (IReadOnlyList<MergeConfiguration> stages, string? output) = Configuration(parsed, first, second);
        if (parsed.GetValue(_print))
        {
            terminal.Output.Write(string.Join("---\n", stages.Select(stage => stage.Text)));
            return ExitCode.Success;
        }

        bool dry = parsed.GetValue(_dryRun);
        if (output is null && !dry) throw new UsageException("merge: OUT is missing; give the folder to create.");
        var session = new MergeSession(terminal, stages, PlanOptions(parsed, output, terminal), Options(parsed, output ?? "merged"), json, GlobalFlags.Quiet(parsed), Report: !parsed.GetValue(_noReport));
        MergeEvaluator? evaluator = Evaluator(parsed);
        string[] axes = parsed.GetValue(_search) ?? [];
        if (axes.Length > 0 && evaluator is null) throw new UsageException("--search: nothing scores the merged models; give --evaluate or --evaluate-run.");
        if (axes.Length == 0 && evaluator is not null) throw new UsageException("--evaluate: there is nothing to search; give --search.");
        if (dry) return session.DryRun();
        return axes.Length == 0 ? session.Merge() : session.Search([.. axes.Select(Merging.Searching.SearchAxis.Parse)], evaluator!, parsed.GetValue(_minimize));
    }

    private (IReadOnlyList<MergeConfiguration> Stages, string? Output) Configuration(ParseResult parsed, string? first, string? second)
    {
        string? method = parsed.GetValue(_method);
        if (method is null)
        {
            Option? alone = ((Option[])[_base, _models, _set, _type]).FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false });
            if (alone is not null) throw new UsageException($"{alone.Name}: is for a merge without a configuration; give --method too, or write it into the configuration.");
            if (first is null) throw new UsageException("merge: found neither a configuration nor --method; expected CONFIG OUT, or --method with --model.");
            return (MergeConfiguration.LoadAll(first), second);
        }

        if (second is not null) throw new UsageException($"merge: found a configuration '{first}' beside --method, expected one of them.");
        string yaml = MergeShorthand.ToYaml(method, parsed.GetValue(_base), parsed.GetValue(_models) ?? [], parsed.GetValue(_set) ?? [], parsed.GetValue(_type));
        return ([MergeConfiguration.Parse(yaml, "command line")], first);
    }

    private PlanOptions PlanOptions(ParseResult parsed, string? output, Terminal terminal)
    {
        bool quiet = GlobalFlags.Quiet(parsed);
        return new PlanOptions
        {
            AllowCrimes = parsed.GetValue(_crimes),
            IncludeUnlistedBase = parsed.GetValue(_includeBase),
            Tensors = Choice(parsed, _tensors, "leading", "intersection", "union") switch { "leading" => TensorSelection.Leading, "intersection" => TensorSelection.Intersection, _ => TensorSelection.Union },
            MergekitRounding = Choice(parsed, _rounding, "once", "steps") == "steps",
            WriteModelCard = !parsed.GetValue(_noCard),
            OutputName = output is null ? "merged model" : Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(output))),
            Settings = new MergeSettings
            {
                Draws = new RandomDraws(parsed.GetValue(_seed)),
                Rescale = Choice(parsed, _rescale, "l1", "density") == "l1" ? RescaleMode.L1NormMatch : RescaleMode.InverseKeepProbability,
                Breadcrumbs = parsed.GetValue(_exact) ? BreadcrumbsMode.Exact : BreadcrumbsMode.MergekitCompatible,
                Warn = sentence =>
                {
                    if (!quiet) terminal.Error.WriteLine($"warning: {sentence}");
                },
            },
        };
    }

    private MergeOptions Options(ParseResult parsed, string output) => new()
    {
        Output = output,
        ShardBytes = SizeText.Parse(_shard.Name, parsed.GetValue(_shard) ?? DefaultShard),
        MemoryBytes = SizeText.Parse(_memory.Name, parsed.GetValue(_memory) ?? DefaultMemory),
        Overwrite = parsed.GetValue(_overwrite),
        RefuseNonFinite = parsed.GetValue(_finite),
    };

    private MergeEvaluator? Evaluator(ParseResult parsed)
    {
        string? command = parsed.GetValue(_evaluator), run = parsed.GetValue(_run), table = parsed.GetValue(_on);
        if (command is not null && run is not null) throw new UsageException("found both --evaluate and --evaluate-run, expected one of them.");
        if (run is null != table is null) throw new UsageException("--evaluate-run and --on belong together: the folder of a training, and the table to score on.");
        return command is not null ? new CommandEvaluator(command) : run is not null ? new RunEvaluator(run, table!) : null;
    }

    private static string Choice(ParseResult parsed, GroupedOption<string> option, params string[] known)
    {
        string value = parsed.GetValue(option) ?? known[0];
        return known.Contains(value) ? value : throw new UsageException($"{option.Name}: found '{value}', expected {string.Join(" or ", known)}.");
    }
}
