using System.CommandLine;
using Polymath.Data.Runs;
using Polymath.Learning.Metrics;
using Polymath.Learning.Training;

namespace Polymath.Cli;

/// <summary><c>polymath evaluate</c>.</summary>
internal sealed class EvaluateCommand : Subcommand
{
    private readonly Argument<string> _run = new("RUN") { Description = "Folder of a finished run." };
    private readonly Argument<string> _data = new("DATA") { Description = "Table with the training columns and the targets." };
    private readonly GroupedOption<string?> _unknown = FinishedRun.UnknownTaskFlag("Evaluate");
    private readonly Lazy<RunFlags<DataSettings>> _reading = new(ReadingFlags.Text);

    /// <inheritdoc/>
    public override string Name => "evaluate";

    /// <inheritdoc/>
    public override string Description => "Score a finished run on a table that holds the answers.";

    /// <inheritdoc/>
    protected override void AddFlags(Command command)
    {
        command.Add(_run);
        command.Add(_data);
        command.Add(_unknown);
        _reading.Value.AddTo(command);
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Terminal terminal)
    {
        FinishedRun run = FinishedRun.Load(parsed.GetRequiredValue(_run), parsed.GetValue(_unknown));
        string data = parsed.GetRequiredValue(_data);
        DataSettings reading = _reading.Value.Apply(run.Settings, parsed);
        IReadOnlyList<TaskScore> scores = run.Evaluate(data, reading.ReadOptions(reading.SkipLines));
        if (scores.All(score => score.Observed == 0))
        {
            string columns = string.Join(", ", run.Encoder.Targets.Select(target => $"'{target.Definition.Column}'").Distinct());
            throw new RunException($"{data}: holds no labels, expected values in the target columns {columns}; without them use polymath predict.");
        }

        if (GlobalFlags.Json(parsed)) WriteJson(scores, terminal);
        else WriteTable(scores, terminal);
        return ExitCode.Success;
    }

    private static void WriteTable(IReadOnlyList<TaskScore> scores, Terminal terminal)
    {
        var table = new TextTable("task", "metric", ">value", ">rows");
        foreach (TaskScore score in scores)
        {
            table.Add(score.Task, score.Primary, TextTable.Metric(score.Value, !Metric.IsError(score.Primary)), TextTable.Count(score.Observed));
            foreach ((string metric, double value) in score.Metrics)
            {
                if (metric != score.Primary) table.Add(string.Empty, metric, TextTable.Metric(value, !Metric.IsError(metric)), string.Empty);
            }
        }

        table.Write(terminal);
    }

    private static void WriteJson(IReadOnlyList<TaskScore> scores, Terminal terminal) => JsonText.Write(terminal.Output, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("tasks");
        foreach (TaskScore score in scores)
        {
            json.WriteStartObject();
            json.WriteString("task", score.Task);
            json.WriteString("primary", score.Primary);
            json.WriteBoolean("higherIsBetter", score.HigherIsBetter);
            json.WriteNumber("observed", score.Observed);
            json.WriteStartObject("metrics");
            foreach ((string metric, double value) in score.Metrics) json.Number(metric, value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
