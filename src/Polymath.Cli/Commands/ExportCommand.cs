using System.CommandLine;
using Polymath.Boosting.Runs;
using Polymath.Onnx;
using Polymath.Tabular.Runs;

namespace Polymath.Cli;

/// <summary><c>polymath export</c>.</summary>
internal sealed class ExportCommand : Subcommand
{
    private const string Group = "Export";
    private readonly Argument<string> _run = new("RUN") { Description = "Folder of a finished run of polymath train." };
    private readonly GroupedOption<string> _out = new("--out", Group, aliases: "-o") { HelpName = "file", Description = "The ONNX file; the encoder goes beside it as JSON, under the same name with .encoder.json.", Required = true };
    private readonly GroupedOption<bool> _encoded = new("--encoded", Group) { Description = "The network alone, which takes encoded numbers and ids; otherwise the file takes the columns of the table." };
    private readonly GroupedOption<bool> _logits = new("--logits", Group) { Description = "Also give what the network computes before it becomes a prediction." };
    private readonly GroupedOption<bool> _overwrite = new("--overwrite", Group) { Description = "Replace the files when they exist." };

    /// <inheritdoc/>
    public override string Name => "export";

    /// <inheritdoc/>
    public override string Description => "Write a trained model as an ONNX file, with its encoder.";

    /// <inheritdoc/>
    protected override void AddFlags(Command command)
    {
        command.Add(_run);
        foreach (Option option in (Option[])[_out, _encoded, _logits, _overwrite]) command.Add(option);
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Terminal terminal)
    {
        string folder = Path.TrimEndingDirectorySeparator(parsed.GetRequiredValue(_run)), file = parsed.GetRequiredValue(_out);
        OutputFile.Require(_out.Name, file, parsed.GetValue(_overwrite));
        string encoder = OnnxExport.EncoderPath(file);
        OutputFile.Require(_out.Name, encoder, parsed.GetValue(_overwrite));
        if (BoostFolder.Is(folder)) throw new UsageException($"{folder}: holds boosted trees, expected a run of polymath train.");
        var options = new OnnxExportOptions { Encoded = parsed.GetValue(_encoded), Logits = parsed.GetValue(_logits) };
        OnnxSignature signature = OnnxExport.Write(TrainedRun.Load(folder), file, options);
        if (GlobalFlags.Json(parsed)) WriteJson(signature, file, encoder, terminal.Output);
        else if (!GlobalFlags.Quiet(parsed)) WriteText(signature, file, encoder, terminal);
        return ExitCode.Success;
    }

    private static void WriteText(OnnxSignature signature, string file, string encoder, Terminal terminal)
    {
        terminal.Output.WriteLine($"{file}: {SizeText.Format(signature.Bytes)}; {encoder}");
        terminal.Output.WriteLine();
        var table = new TextTable(string.Empty, "name", "type", "shape");
        foreach (OnnxPort input in signature.Inputs) table.Add("input", input.Name, input.Type, $"[rows, {input.Width}]");
        foreach (OnnxPort output in signature.Outputs) table.Add("output", output.Name, output.Type, $"[rows, {output.Width}]");
        table.Write(terminal);
    }

    private static void WriteJson(OnnxSignature signature, string file, string encoder, TextWriter output) => JsonText.Write(output, json =>
    {
        json.WriteStartObject();
        json.WriteString("model", file);
        json.WriteString("encoder", encoder);
        json.WriteNumber("bytes", signature.Bytes);
        Write("inputs", signature.Inputs);
        Write("outputs", signature.Outputs);
        json.WriteEndObject();

        void Write(string name, IReadOnlyList<OnnxPort> ports)
        {
            json.WriteStartArray(name);
            foreach (OnnxPort port in ports)
            {
                json.WriteStartObject();
                json.WriteString("name", port.Name);
                json.WriteString("type", port.Type);
                json.WriteNumber("width", port.Width);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
    });
}
