using Polymath.Merging.Methods;

namespace Polymath.Cli;

/// <summary>The merge methods for people and programs.</summary>
internal static class MethodListing
{
    private const string Indent = "    ";

    /// <summary>Writes all methods, or one with its parameters.</summary>
    public static void Write(string? name, Terminal terminal, bool json)
    {
        IReadOnlyList<MergeMethod> shown = name is null ? MergeMethods.All : [MergeMethods.Find(name)];
        if (json)
        {
            WriteJson(shown, terminal);
            return;
        }

        foreach (MergeMethod method in shown)
        {
            terminal.Output.WriteLine($"{method.Name}  ({MethodTable.Models(method)})");
            Wrapped(terminal, method.Summary);
            if (name is not null) Wrapped(terminal, $"rule: {method.Formula}");
            Wrapped(terminal, $"use: {method.Use}");
            if (name is not null)
            {
                Wrapped(terminal, method.Source);
                foreach (MethodParameter parameter in method.ModelParameters) Wrapped(terminal, $"{Parameter(parameter)} (of each model)");
                foreach (MethodParameter parameter in method.Parameters) Wrapped(terminal, Parameter(parameter));
            }

            terminal.Output.WriteLine();
        }

        if (name is null) terminal.Output.WriteLine("Show one with its rule and parameters: polymath merge --list NAME");
    }

    private static string Parameter(MethodParameter parameter)
        => $"{parameter.Name}: {parameter.Description} ({MethodTable.Default(parameter)})";

    private static void Wrapped(Terminal terminal, string text)
    {
        string indent = Indent;
        foreach (string line in TextWrap.Lines(text, terminal.TextWidth - Indent.Length - 2))
        {
            terminal.Output.WriteLine(indent + line);
            indent = Indent + "  ";
        }
    }

    private static void WriteJson(IReadOnlyList<MergeMethod> shown, Terminal terminal) => JsonText.Write(terminal.Output, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("methods");
        foreach (MergeMethod method in shown)
        {
            json.WriteStartObject();
            json.WriteString("name", method.Name);
            json.WriteString("summary", method.Summary);
            json.WriteString("rule", method.Formula);
            json.WriteString("use", method.Use);
            json.WriteString("source", method.Source);
            json.WriteString("base", method.Base.ToString().ToLowerInvariant());
            json.WriteNumber("leastModels", method.LeastModels);
            if (method.MostModels is { } most) json.WriteNumber("mostModels", most);
            foreach ((string key, IReadOnlyList<MethodParameter> parameters) in (ReadOnlySpan<(string, IReadOnlyList<MethodParameter>)>)[("modelParameters", method.ModelParameters), ("parameters", method.Parameters)])
            {
                json.WriteStartArray(key);
                foreach (MethodParameter parameter in parameters)
                {
                    json.WriteStartObject();
                    json.WriteString("name", parameter.Name);
                    json.WriteBoolean("required", parameter.Required);
                    switch (parameter.Default)
                    {
                        case double number: json.WriteNumber("default", number); break;
                        case bool flag: json.WriteBoolean("default", flag); break;
                        case string text: json.WriteString("default", text); break;
                    }

                    json.WriteString("meaning", parameter.Description);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
