using System.Text.Json;
using Polymath.Reproductions;

namespace Polymath.Cli;

/// <summary>A published system for people and programs: what it is, where it is, how to run it, and what came out.</summary>
internal static class SystemListing
{
    private const int LabelWidth = 9;
    private const string Indent = "  ";

    /// <summary>Writes it as text.</summary>
    public static void Write(Terminal terminal, PublishedSystem system, bool inFull)
    {
        ReproductionReport? recorded = RecordedResults.Find(system.Slug);
        terminal.Output.WriteLine($"{system.Slug}  {system.Title}");
        Field(terminal, "paper", system.Paper);
        if (inFull) Field(terminal, "claim", system.Claim);
        Field(terminal, "code", system.Where);
        Field(terminal, "run", CommandOf(system));
        Field(terminal, "result", recorded is null ? "not run" : recorded.Summary);
        if (!inFull || recorded is null) return;
        terminal.Output.WriteLine();
        ReproductionText.Write(recorded, terminal);
    }

    /// <summary>Writes it as a JSON object.</summary>
    public static void Write(Utf8JsonWriter json, PublishedSystem system, bool inFull)
    {
        ReproductionReport? recorded = RecordedResults.Find(system.Slug);
        json.WriteStartObject();
        json.WriteString("slug", system.Slug);
        json.WriteString("title", system.Title);
        json.WriteString("paper", system.Paper);
        json.WriteString("claim", system.Claim);
        json.WriteString("code", system.Where);
        json.WriteString("command", CommandOf(system));
        if (recorded is null)
        {
            json.WriteNull("result");
        }
        else if (inFull)
        {
            json.WritePropertyName("result");
            json.WriteRawValue(recorded.ToJson());
        }
        else
        {
            json.WriteStartObject("result");
            json.WriteBoolean("holds", recorded.Holds);
            json.WriteNumber("claims", recorded.Assertions.Count);
            json.WriteNumber("claimsHeld", recorded.Assertions.Count(assertion => assertion.Holds));
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static string CommandOf(PublishedSystem system) => $"polymath repro {system.Slug}";

    private static void Field(Terminal terminal, string label, string text)
    {
        foreach (string line in TextWrap.Lines(text, terminal.TextWidth - Indent.Length - LabelWidth))
        {
            terminal.Output.WriteLine($"{Indent}{label.PadRight(LabelWidth)}{line}");
            label = string.Empty;
        }
    }
}
