using System.Text.RegularExpressions;

namespace Polymath.Benchmarks.Comparison;

/// <summary>
/// bench/explanations.md: why a target is missed, written by hand and kept when the page is made anew. A heading <c>## prefix</c> says
/// which cases a section is about; the longest prefix of a case counts.
/// </summary>
internal sealed partial class Explanations
{
    private readonly List<(string Prefix, string Text)> _sections = [];

    public Explanations(string path)
    {
        if (!File.Exists(path)) return;
        string[] parts = Heading().Split(File.ReadAllText(path));
        for (int i = 1; i + 1 < parts.Length; i += 2) _sections.Add((parts[i].Trim(), parts[i + 1].Trim()));
    }

    /// <summary>The section about a case: its prefix and text; an empty prefix when there is none.</summary>
    public (string Prefix, string Text) Find(string name)
        => _sections.Where(section => section.Text.Length > 0 && name.StartsWith(section.Prefix, StringComparison.Ordinal)).OrderByDescending(section => section.Prefix.Length).FirstOrDefault((string.Empty, string.Empty));

    [GeneratedRegex(@"^## +(.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
