namespace Polymath.Boosting;

/// <summary>What a model is explained by: the columns of its features and, where the task is a feature, one column for it however it is encoded.</summary>
internal static class ExplainedColumns
{
    private const string Task = "task";

    /// <summary>The names.</summary>
    public static string[] Names(BoostedModel model) => [.. model.Features.Select(feature => feature.Name), .. model.Options.TaskAsFeature ? [Task] : Array.Empty<string>()];
}
