using System.Globalization;
using System.Text;
using Polymath.Merging.Configuration;
using Polymath.Merging.Methods;

namespace Polymath.Merging.Planning;

/// <summary>The README.md of a merged model: what was merged, how, and the configuration word for word.</summary>
internal static class ModelCard
{
    /// <summary>The text of the card.</summary>
    public static string Write(MergeConfiguration configuration, MergeMethod method, string name, ModelSet models)
    {
        var text = new StringBuilder("---\n");
        string[] names = [.. models.All.Select(model => model.Reference.Model.Path).Distinct()];
        text.Append("base_model:\n");
        foreach (string model in names) text.Append(CultureInfo.InvariantCulture, $"- {Quoted(model)}\n");
        text.Append("tags:\n- merge\n---\n");
        text.Append(CultureInfo.InvariantCulture, $"# {name}\n\nA merge of {names.Length} model{(names.Length == 1 ? string.Empty : "s")} by the method `{method.Name}`: {method.Summary}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Rule: `{method.Formula}`. Source: {method.Source}.\n\n");
        if (configuration.BaseModel is { } theta0) text.Append(CultureInfo.InvariantCulture, $"Base model: {theta0}\n\n");
        text.Append("## Models\n\n");
        foreach (SourceModel model in models.All.Where(model => model.Reference != configuration.BaseModel)) text.Append(CultureInfo.InvariantCulture, $"- {model.Name}\n");
        text.Append(CultureInfo.InvariantCulture, $"\n## Configuration\n\n```yaml\n{configuration.Text.Trim()}\n```\n");
        return text.ToString();
    }

    private static string Quoted(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '/') && !text.StartsWith('-') && !text.StartsWith('.') ? text : $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
