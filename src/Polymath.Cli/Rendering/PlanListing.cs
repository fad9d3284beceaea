using System.Globalization;
using System.Text.Json;
using Polymath.Merging.Blending;
using Polymath.Merging.Methods;
using Polymath.Merging.Planning;
using Polymath.Tensors.Safetensors;

namespace Polymath.Cli;

/// <summary>A merge before it happens: every output tensor with where it comes from and the parameters it is merged with.</summary>
internal static class PlanListing
{
    /// <summary>Writes the plan.</summary>
    public static void Write(MergePlan plan, double seconds, Terminal terminal, bool json, bool quiet)
    {
        if (json) WriteJson(plan, seconds, terminal);
        else WriteText(plan, seconds, terminal, quiet);
    }

    private static void WriteText(MergePlan plan, double seconds, Terminal terminal, bool quiet)
    {
        var table = new TextTable("tensor", "type", "shape", ">size", "method", "parameters");
        foreach (PlannedTensor tensor in plan.Tensors) table.Add(tensor.Name, tensor.Type.HeaderName(), $"[{string.Join(", ", tensor.Shape)}]", SizeText.Format(tensor.Bytes), tensor.Method?.Name ?? "copy", Parameters(tensor));
        table.Write(terminal);
        terminal.Output.WriteLine();
        long read = plan.Inputs.Where(path => path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)).Sum(path => new FileInfo(path).Length);
        string time = double.IsNaN(seconds) ? string.Empty : $", about {RunClock.Format(TimeSpan.FromSeconds(seconds))}";
        terminal.Output.WriteLine($"{TextTable.Count(plan.Tensors.Count)} tensors, {SizeText.Format(read)} to read, {SizeText.Format(plan.OutputBytes)} to write{time}");
        foreach (PlannedFile file in plan.Files) terminal.Output.WriteLine($"{file.Name}: {(file.CopyOf is null ? "written" : $"copied from {file.CopyOf}")}");
        if (!quiet)
        {
            foreach (string warning in plan.Warnings) terminal.Error.WriteLine($"warning: {warning}");
        }
    }

    // "A: weight=0.5; B: weight=0.3; normalize=true"
    private static string Parameters(PlannedTensor tensor)
    {
        IEnumerable<string> models = tensor.Sources.Select(source => source.IsBase ? $"{source.Model} (base)" : Set(source.Parameters) is { Length: > 0 } set ? $"{source.Model}: {set}" : source.Model);
        return string.Join("; ", models.Append(Set(tensor.Parameters)).Where(part => part.Length > 0));
    }

    private static string Set(ParameterSet set) => string.Join(" ", set.Values.Where(value => value.Value is not null).Select(value => $"{value.Key}={Value(value.Value!)}"));

    private static string Value(object value) => value switch
    {
        double number => number.ToString("G6", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        _ => (string)value,
    };

    private static void WriteJson(MergePlan plan, double seconds, Terminal terminal) => JsonText.Write(terminal.Output, json =>
    {
        json.WriteStartObject();
        json.WriteNumber("outputBytes", plan.OutputBytes);
        json.Number("estimatedSeconds", seconds);
        json.Strings("warnings", plan.Warnings);
        json.WriteStartArray("tensors");
        foreach (PlannedTensor tensor in plan.Tensors)
        {
            json.WriteStartObject();
            json.WriteString("name", tensor.Name);
            json.WriteString("type", tensor.Type.HeaderName());
            json.WriteStartArray("shape");
            foreach (long axis in tensor.Shape) json.WriteNumberValue(axis);
            json.WriteEndArray();
            json.WriteNumber("bytes", tensor.Bytes);
            json.WriteString("method", tensor.Method?.Name ?? "copy");
            WriteSet(json, "parameters", tensor.Parameters);
            json.WriteStartArray("sources");
            foreach (MergeSource source in tensor.Sources)
            {
                json.WriteStartObject();
                json.WriteString("model", source.Model);
                json.WriteString("tensor", source.Tensor.Name);
                json.WriteBoolean("base", source.IsBase);
                WriteSet(json, "parameters", source.Parameters);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteSet(Utf8JsonWriter json, string name, ParameterSet set)
    {
        json.WriteStartObject(name);
        foreach ((string key, object? value) in set.Values)
        {
            switch (value)
            {
                case double number: json.Number(key, number); break;
                case bool flag: json.WriteBoolean(key, flag); break;
                case string text: json.WriteString(key, text); break;
                default: json.WriteNull(key); break;
            }
        }

        json.WriteEndObject();
    }
}
