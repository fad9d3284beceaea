namespace Polymath.Cli;

/// <summary>A registry for people and programs.</summary>
/// <param name="Key">The name of the list in JSON.</param>
/// <param name="Entries">What it holds.</param>
/// <param name="Brief">Leave the options out, but for JSON.</param>
internal sealed record Catalogue(string Key, IReadOnlyList<CatalogueEntry> Entries, bool Brief = false)
{
    private const string Indent = "    ";

    /// <summary>Writes it.</summary>
    public void Write(Terminal terminal, bool json)
    {
        if (json) WriteJson(terminal.Output);
        else WriteText(terminal);
    }

    private void WriteText(Terminal terminal)
    {
        foreach (CatalogueEntry entry in Entries)
        {
            terminal.Output.WriteLine($"{entry.Name}  {entry.Title}");
            if (entry.Needs.Length > 0)
            {
                foreach (string line in TextWrap.Lines($"reads {entry.Needs}", terminal.TextWidth - Indent.Length)) terminal.Output.WriteLine(Indent + line);
            }

            if (entry.Cost.Length > 0) terminal.Output.WriteLine($"{Indent}{entry.Cost}");
            foreach (string line in TextWrap.Lines(entry.Paper, terminal.TextWidth - Indent.Length)) terminal.Output.WriteLine(Indent + line);
            foreach (CatalogueOption option in Brief ? [] : entry.Options)
            {
                string text = $"{option.Name}={option.Default}: {option.Meaning} ({option.Range})";
                string indent = Indent;
                foreach (string line in TextWrap.Lines(text, terminal.TextWidth - Indent.Length - 2))
                {
                    terminal.Output.WriteLine($"{indent}{line}");
                    indent = Indent + "  ";
                }
            }

            terminal.Output.WriteLine();
        }
    }

    private void WriteJson(TextWriter output) => JsonText.Write(output, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray(Key);
        foreach (CatalogueEntry entry in Entries)
        {
            json.WriteStartObject();
            json.WriteString("name", entry.Name);
            json.WriteString("title", entry.Title);
            if (entry.Needs.Length > 0) json.WriteString("needs", entry.Needs);
            if (entry.Cost.Length > 0) json.WriteString("cost", entry.Cost);
            json.WriteString("paper", entry.Paper);
            json.WriteStartArray("options");
            foreach (CatalogueOption option in entry.Options)
            {
                json.WriteStartObject();
                json.WriteString("name", option.Name);
                json.WriteString("default", option.Default);
                json.WriteString("range", option.Range);
                json.WriteString("meaning", option.Meaning);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
