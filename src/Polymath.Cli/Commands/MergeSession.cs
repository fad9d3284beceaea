using System.Diagnostics;
using System.Globalization;
using Polymath.Merging.Configuration;
using Polymath.Merging.Execution;
using Polymath.Merging.Planning;
using Polymath.Merging.Reporting;
using Polymath.Merging.Searching;

namespace Polymath.Cli;

/// <summary>One merge on the command line: plan, show, carry out, report.</summary>
/// <param name="Terminal">Where results and messages go.</param>
/// <param name="Stages">The documents of the configuration.</param>
/// <param name="Plan">Where the models are and what is allowed.</param>
/// <param name="Options">Where and how the output is written.</param>
/// <param name="Json">Whether results are JSON.</param>
/// <param name="Quiet">Whether there is neither progress nor messages.</param>
/// <param name="Report">Whether report.html is written.</param>
internal sealed record MergeSession(Terminal Terminal, IReadOnlyList<MergeConfiguration> Stages, PlanOptions Plan, MergeOptions Options, bool Json, bool Quiet, bool Report)
{
    private const string ReportFile = "report.html", SearchFile = "search.tsv", SearchSuffix = ".search", CandidateSuffix = ".candidate", FlatSuffix = ".safetensors", StageSuffix = ".stages", IdentityFile = "merge.identity";

    private bool IsFlat => Options.Output.EndsWith(FlatSuffix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Shows the plan; nothing is written.</summary>
    public int DryRun()
    {
        using MergePlan plan = MergePlanner.Plan(Single("--dry-run"), Plan);
        PlanListing.Write(plan, MergeEstimate.Seconds(plan), Terminal, Json, Quiet);
        return ExitCode.Success;
    }

    /// <summary>Merges.</summary>
    public int Merge()
    {
        FractionDisplay display = FractionDisplay.For(Terminal, Quiet);
        using var interrupt = new Interrupt(display.Stopping, display.Abandon);
        try
        {
            IReadOnlyList<MergeStage> stages = MergeStage.Order(Stages);
            PlanOptions options = Plan;
            for (int i = 0; i < stages.Count - 1; i++) options = options with { Locator = options.Locator.With(stages[i].Name!, Stage(stages[i], options, display, interrupt.Token)) };
            using (MergePlan plan = MergePlanner.Plan(stages[^1].Configuration, options))
            {
                foreach (string warning in plan.Warnings) Plan.Settings.Warn(warning);
                Write(display.Show(progress => Carry(plan, Options, [], progress, interrupt.Token)));
            }

            Remove(StageFolder);
            return ExitCode.Success;
        }
        catch (OperationCanceledException)
        {
            if (!Quiet) Terminal.Error.WriteLine("Stopped; the same command continues with the files that are finished.");
            if (Json) JsonText.WriteStopped(Terminal.Output, Options.Output);
            return interrupt.ExitCode;
        }
    }

    /// <summary>Merges with every combination of values, and keeps the one that scores best.</summary>
    /// <param name="axes">The parameters and their values.</param>
    /// <param name="evaluator">Scores a merged model.</param>
    /// <param name="minimize">Whether a smaller score is better.</param>
    public int Search(IReadOnlyList<SearchAxis> axes, MergeEvaluator evaluator, bool minimize)
    {
        MergeConfiguration configuration = Single("--search");
        FractionDisplay display = FractionDisplay.For(Terminal, Quiet);
        using var interrupt = new Interrupt(display.Stopping, display.Abandon);
        string output = Path.TrimEndingDirectorySeparator(Options.Output), candidate = IsFlat ? output[..^FlatSuffix.Length] + CandidateSuffix + FlatSuffix : output + CandidateSuffix;
        try
        {
            // Whatever cannot be planned shows before the first merge, and so does a parameter that the method does not have.
            string identity;
            using (MergePlan first = MergePlanner.Plan(With(configuration, axes, [.. axes.Select(axis => axis.Values[0])]), Plan))
            {
                Merger.RequireFree(first, Options);
                foreach (SearchAxis axis in axes) RequireKnown(axis, first);
                identity = Merger.Identity(first, Options);
            }

            var search = new MergeSearch(axes, output + SearchSuffix, $"{configuration.Text}\n{identity}\n{evaluator.Identity}");
            IReadOnlyList<SearchTrial> trials = display.Show(progress => search.Run(
                values =>
                {
                    using MergePlan plan = MergePlanner.Plan(With(configuration, axes, values), Plan with { Settings = Plan.Settings with { Warn = static _ => { } } });
                    Merger.Run(plan, Options with { Output = candidate, Overwrite = true, Durable = false }, cancellation: interrupt.Token);
                    return evaluator.Score(candidate, interrupt.Token);
                },
                (done, trial) => progress((double)done / search.Count, $"{Describe(axes, trial.Values)}: {TextTable.Quantity(trial.Score)}"),
                interrupt.Token));
            SearchTrial best = MergeSearch.Best(trials, minimize);
            string table = string.Concat(trials.Select(trial => $"{string.Join('\t', trial.Values.Select(Number))}\t{Number(trial.Score)}\n").Prepend($"{string.Join('\t', axes.Select(axis => axis.Name))}\tscore\n"));
            using MergePlan final = MergePlanner.Plan(With(configuration, axes, best.Values), Plan);
            MergeResult result = display.Show(progress => Carry(final, Options, [new PlannedFile(SearchFile, null, table)], progress, interrupt.Token));
            File.Delete(output + SearchSuffix);
            SearchListing.Write(axes, trials, best, result with { Output = Options.Output }, Terminal, Json);
            return ExitCode.Success;
        }
        catch (OperationCanceledException)
        {
            if (!Quiet) Terminal.Error.WriteLine("Stopped; the same command continues with the scores it has.");
            if (Json) JsonText.WriteStopped(Terminal.Output, Options.Output);
            return interrupt.ExitCode;
        }
        finally
        {
            Remove(candidate);
            Remove(candidate + Merger.PartialSuffix);
        }
    }

    private string StageFolder => Path.TrimEndingDirectorySeparator(Options.Output) + StageSuffix;

    private MergeConfiguration Single(string flag) => Stages.Count == 1 ? Stages[0] : throw new UsageException($"{flag}: {Stages[0].File} holds a merge of {Stages.Count} stages, expected one; give the stages one by one.");

    // A stage that an earlier, interrupted run completed is used again when it would be made the same way.
    private string Stage(MergeStage stage, PlanOptions planned, FractionDisplay display, CancellationToken cancellation)
    {
        string path = Path.Combine(StageFolder, stage.Name!), note = Path.Combine(path, IdentityFile);
        using MergePlan plan = MergePlanner.Plan(stage.Configuration, planned with { OutputName = stage.Name! });
        MergeOptions options = Options with { Output = path, Overwrite = true };
        string identity = Merger.Identity(plan, options);
        if (File.Exists(note) && File.ReadAllText(note) == identity) return path;
        foreach (string warning in plan.Warnings) Plan.Settings.Warn($"stage '{stage.Name}': {warning}");
        Directory.CreateDirectory(StageFolder);
        display.Show(progress => Merger.Run(plan, options with { Beside = [new PlannedFile(IdentityFile, null, identity)] }, at => progress((double)at.Done / Math.Max(1, at.Total), $"stage {stage.Name}: {at.Tensor}"), cancellation));
        return path;
    }

    private static MergeConfiguration With(MergeConfiguration configuration, IReadOnlyList<SearchAxis> axes, IReadOnlyList<double> values)
        => MergeConfiguration.Parse(ConfigurationOverride.Apply(configuration.Text, axes.Select((axis, i) => (axis.Name, values[i])).ToDictionary(StringComparer.Ordinal)), configuration.File);

    private static void RequireKnown(SearchAxis axis, MergePlan plan)
    {
        Merging.Methods.MergeMethod method = plan.Tensors.First(tensor => tensor.Method is not null).Method!;
        string[] known = [.. method.ModelParameters.Concat(method.Parameters).Select(parameter => parameter.Name)];
        if (!known.Contains(axis.Name)) throw new UsageException($"--search: method '{method.Name}' has no parameter '{axis.Name}'{Data.Suggestion.Tail(axis.Name, known)}");
    }

    private MergeResult Carry(MergePlan plan, MergeOptions options, IReadOnlyList<PlannedFile> beside, Action<double, string> progress, CancellationToken cancellation)
    {
        Merger.RequireFree(plan, options);
        bool report = Report && !IsFlat;
        double share = report ? 0.5 : 0;
        if (report)
        {
            MergeAnalysis analysis = MergeAnalysis.Measure(plan, (fraction, tensor) => progress(share * fraction, $"measuring {tensor}"), cancellation);
            foreach (string warning in analysis.Warnings) Plan.Settings.Warn(warning);
            using var page = new StringWriter();
            MergeReport.Write(analysis, Facts(plan, analysis), page);
            beside = [.. beside, new PlannedFile(ReportFile, null, page.ToString())];
        }

        var clock = Stopwatch.StartNew();
        return Merger.Run(plan, options with { Beside = beside }, at => progress(share + ((1 - share) * at.Done / Math.Max(1, at.Total)), $"{at.File}  {SizeText.Format((long)(at.Done / Math.Max(0.001, clock.Elapsed.TotalSeconds)))}/s  {at.Tensor}"), cancellation);
    }

    private MergeFacts Facts(MergePlan plan, MergeAnalysis analysis) => new(
        Plan.OutputName,
        string.Join(", ", plan.Tensors.Select(tensor => tensor.Method?.Name).OfType<string>().Distinct()),
        [
            ("Tensors", TextTable.Count(plan.Tensors.Count)),
            ("Size", SizeText.Format(plan.OutputBytes)),
            ("Types", string.Join(", ", plan.Tensors.Select(tensor => tensor.Type.ToString()).Distinct())),
            ("Seed", Plan.Settings.Draws.Seed.ToString(CultureInfo.InvariantCulture)),
            ("Rounding", Plan.MergekitRounding ? "after every step" : "once, when stored"),
            ("Inputs", string.Join(", ", plan.Inputs.Select(Path.GetDirectoryName).Distinct())),
        ],
        [.. plan.Warnings, .. analysis.Warnings],
        plan.Configuration);

    private void Write(MergeResult result)
    {
        if (!Json)
        {
            if (Quiet) return;
            int resumed = result.Files.Count(file => file.Resumed);
            Terminal.Output.WriteLine($"{Options.Output}: {TextTable.Count(result.Tensors)} tensors, {SizeText.Format(result.Bytes)} in {TextTable.Count(result.Files.Count)} file{(result.Files.Count == 1 ? string.Empty : "s")}{(resumed > 0 ? $" ({resumed} kept from an earlier run)" : string.Empty)}, {Seconds(result.Elapsed)}");
            if (Report && !IsFlat) Terminal.Output.WriteLine($"report: {Path.Combine(Options.Output, ReportFile)}");
            return;
        }

        JsonText.Write(Terminal.Output, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("completed", true);
            json.WriteString("output", result.Output);
            json.WriteNumber("tensors", result.Tensors);
            json.WriteNumber("bytes", result.Bytes);
            json.WriteNumber("seconds", result.Elapsed.TotalSeconds);
            json.WriteStartArray("files");
            foreach (MergedFile file in result.Files)
            {
                json.WriteStartObject();
                json.WriteString("name", file.Name);
                json.WriteNumber("bytes", file.Bytes);
                json.WriteString("sha256", file.Sha256);
                json.WriteBoolean("resumed", file.Resumed);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.Strings("warnings", result.Warnings);
            json.WriteEndObject();
        });
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds < 60 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s") : RunClock.Format(time);

    private static string Describe(IReadOnlyList<SearchAxis> axes, IReadOnlyList<double> values) => string.Join(" ", axes.Select((axis, i) => $"{axis.Name}={Number(values[i])}"));

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static void Remove(string path)
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        else if (File.Exists(path)) File.Delete(path);
    }
}
