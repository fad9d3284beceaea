using System.CommandLine;
using System.Text;
using Polymath.Data.Runs;
using Polymath.Tensors;

namespace Polymath.Cli;

/// <summary><c>polymath predict</c>.</summary>
internal sealed class PredictCommand : Subcommand
{
    private const string Group = "Predict";
    private const int BufferBytes = 1 << 16;
    private readonly Argument<string> _run = new("RUN") { Description = "Folder of a finished run." };
    private readonly Argument<string> _data = new("DATA") { Description = "Table with the training columns in any order; others are ignored." };
    private readonly GroupedOption<string> _out = new("--out", Group, aliases: "-o") { HelpName = "file", Description = "File for the predictions: CSV, or with --json one JSON object a line, written whole or not at all; '-' or nothing for standard output." };
    private readonly GroupedOption<bool> _overwrite = new("--overwrite", Group) { Description = "Replace the file when it exists." };
    private readonly GroupedOption<string?> _unknown = FinishedRun.UnknownTaskFlag(Group);
    private readonly Lazy<RunFlags<DataSettings>> _reading = new(ReadingFlags.Text);

    /// <inheritdoc/>
    public override string Name => "predict";

    /// <inheritdoc/>
    public override string Description => "Predict every target for the rows of a table; CSV out, or JSON lines.";

    /// <inheritdoc/>
    protected override void AddFlags(Command command)
    {
        command.Add(_run);
        command.Add(_data);
        command.Add(_out);
        command.Add(_overwrite);
        command.Add(_unknown);
        _reading.Value.AddTo(command);
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Terminal terminal)
    {
        string data = parsed.GetRequiredValue(_data);
        string? file = parsed.GetValue(_out) is { } name && name != OutputFile.Standard ? name : null;
        if (file is not null) OutputFile.Require(_out.Name, file, parsed.GetValue(_overwrite), ("the table to predict for", data.Split('#')[0]));
        FinishedRun run = FinishedRun.Load(parsed.GetRequiredValue(_run), parsed.GetValue(_unknown));
        DataSettings reading = _reading.Value.Apply(run.Settings, parsed);
        bool json = GlobalFlags.Json(parsed);
        using var interrupt = new Interrupt(static () => { }, static () => { });
        try
        {
            if (file is not null)
            {
                long rows = 0;
                AtomicFile.Write(file, stream =>
                {
                    using var text = new StreamWriter(stream, new UTF8Encoding(false), BufferBytes, leaveOpen: true) { NewLine = "\n" };
                    rows = Write(text);
                });
                if (!GlobalFlags.Quiet(parsed)) terminal.Error.WriteLine($"{TextTable.Count(rows)} rows predicted, written to {file}");
            }
            else Write(terminal.Output);
        }
        catch (OperationCanceledException)
        {
            return interrupt.ExitCode;
        }

        return ExitCode.Success;

        long Write(TextWriter text)
        {
            var writer = new PredictionWriter(run.Encoder.Tasks, run.Encoder.TaskColumn, text, json);
            foreach ((int rows, int[]? taskOfRow, float[][] predictions) in run.Predict(data, reading.ReadOptions(reading.SkipLines), interrupt.Token)) writer.Write(rows, taskOfRow, predictions);
            return writer.Rows;
        }
    }
}
