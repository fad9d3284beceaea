using System.Globalization;
using System.Text.Json;
using Polymath.Tensors.Safetensors;

namespace Polymath.Cli;

/// <summary>The tensors of a .safetensors file. Weights are read piece by piece for the norms, or not at all.</summary>
/// <param name="path">The file.</param>
/// <param name="norms">Whether to compute norms; null does up to 1 GB.</param>
internal sealed class SafetensorsInspection(string path, bool? norms)
{
    private const long NormsUpTo = 1L << 30;
    private const int Piece = 1 << 18;

    public void Write(Terminal terminal, bool json)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        bool compute = norms ?? file.Length < NormsUpTo;
        if (json) WriteJson(file, compute, terminal.Output);
        else WriteTable(file, compute, terminal);
    }

    private static void WriteTable(SafetensorsFile file, bool compute, Terminal terminal)
    {
        var table = compute ? new TextTable("tensor", "type", "shape", ">elements", ">norm") : new TextTable("tensor", "type", "shape", ">elements");
        long elements = 0;
        foreach (string name in file.Names)
        {
            TensorInfo info = file[name];
            elements += info.Elements;
            string shape = $"[{string.Join(", ", info.Shape)}]";
            if (compute) table.Add(name, info.Type.ToString(), shape, TextTable.Count(info.Elements), TextTable.Quantity(Norm(file, info)));
            else table.Add(name, info.Type.ToString(), shape, TextTable.Count(info.Elements));
        }

        table.Write(terminal);
        terminal.Output.WriteLine();
        terminal.Output.WriteLine($"{TextTable.Count(file.Names.Count)} tensors, {TextTable.Count(elements)} elements, {TextTable.Count(file.Length)} bytes");
        foreach ((string key, string value) in file.Metadata) terminal.Output.WriteLine($"{key}: {Shorten(value)}");
    }

    private static void WriteJson(SafetensorsFile file, bool compute, TextWriter output) => JsonText.Write(output, json =>
    {
        json.WriteStartObject();
        json.WriteNumber("bytes", file.Length);
        json.WriteStartObject("metadata");
        foreach ((string key, string value) in file.Metadata) json.WriteString(key, value);
        json.WriteEndObject();
        json.WriteStartArray("tensors");
        foreach (string name in file.Names) WriteJson(json, file, file[name], compute);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteJson(Utf8JsonWriter json, SafetensorsFile file, TensorInfo info, bool compute)
    {
        json.WriteStartObject();
        json.WriteString("name", info.Name);
        json.WriteString("type", info.Type.ToString());
        json.WriteStartArray("shape");
        foreach (long length in info.Shape) json.WriteNumberValue(length);
        json.WriteEndArray();
        json.WriteNumber("elements", info.Elements);
        if (compute) json.Number("norm", Norm(file, info) ?? double.NaN);
        json.WriteEndObject();
    }

    /// <summary>Euclidean norm; null for types that are not read as numbers.</summary>
    private static double? Norm(SafetensorsFile file, TensorInfo info)
    {
        double sum = 0;
        double[] buffer = new double[(int)Math.Min(Piece, info.Elements)];
        try
        {
            for (long start = 0; start < info.Elements; start += Piece)
            {
                Span<double> values = buffer.AsSpan(0, (int)Math.Min(Piece, info.Elements - start));
                file.ReadFloat64(info.Name, start, values);
                foreach (double value in values) sum += value * value;
            }
        }
        catch (SafetensorsException exception) when (exception.Kind == SafetensorsErrorKind.UnsupportedConversion)
        {
            return null;
        }

        return Math.Sqrt(sum);
    }

    private static string Shorten(string text) => text.Length <= 60 ? text : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, 60)}... ({text.Length} characters)");
}
