using System.Globalization;
using System.Text;

namespace Polymath.Merging.Methods;

/// <summary>The table of all methods for the documentation, made from the methods themselves.</summary>
public static class MethodTable
{
    /// <summary>A Markdown table: name, rule, parameters with defaults, models, when to use it, source.</summary>
    public static string Markdown()
    {
        var text = new StringBuilder("| method | rule | parameters (default) | models | when to use it | source |\n|---|---|---|---|---|---|\n");
        foreach (MergeMethod method in MergeMethods.All)
            text.Append(CultureInfo.InvariantCulture, $"| `{method.Name}` | {Cell(method.Formula)} | {Parameters(method)} | {Models(method)} | {Cell(method.Use)} | {Cell(method.Source)} |\n");
        return text.ToString();
    }

    /// <summary>How many models a method takes and what it does with a base, in words.</summary>
    /// <param name="method">The method.</param>
    public static string Models(MergeMethod method)
    {
        ArgumentNullException.ThrowIfNull(method);
        string count = method.MostModels == method.LeastModels ? $"exactly {method.LeastModels}" : method.MostModels is { } most ? $"{method.LeastModels} to {most}" : method.LeastModels > 1 ? $"{method.LeastModels} or more" : "any number of";
        string models = method.LeastModels == 1 && method.MostModels == 1 ? "model" : "models";
        return method.Base switch
        {
            BaseModelUse.Required => $"{count} {models} with a base",
            BaseModelUse.Optional => $"{count} {models}, base optional",
            _ => $"{count} {models}",
        };
    }

    /// <summary>A parameter's default in words.</summary>
    /// <param name="parameter">The parameter.</param>
    public static string Default(MethodParameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameter.Required ? "required" : parameter.Default switch
        {
            null => "none",
            bool flag => flag ? "true" : "false",
            object value => string.Create(CultureInfo.InvariantCulture, $"{value}"),
        };
    }

    private static string Parameters(MergeMethod method)
    {
        string each = string.Join(", ", method.ModelParameters.Select(parameter => $"{parameter.Name} ({Default(parameter)})")), whole = string.Join(", ", method.Parameters.Where(parameter => parameter.Name != "int8_mask").Select(parameter => $"{parameter.Name} ({Default(parameter)})"));
        return string.Join("; ", new[] { each.Length > 0 ? $"of each model: {each}" : string.Empty, whole }.Where(part => part.Length > 0));
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
