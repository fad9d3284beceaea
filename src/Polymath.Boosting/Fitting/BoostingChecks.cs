using Polymath.Data;

namespace Polymath.Boosting;

/// <summary>Whether data and options fit each other.</summary>
internal static class BoostingChecks
{
    /// <exception cref="BoostingException">They do not.</exception>
    public static void Require(BoostingOptions options, BoostingData train)
    {
        if (train.Rows == 0) throw new BoostingException("there are no training rows, expected at least one.");
        if (options.RobustIterations > 0 && train.Tasks is null) throw new BoostingException("the robust block mixes its ensembles per task, found no tasks of rows; name a task column, or set its iterations to 0.");
        if (options.TaskAsFeature && train.Tasks is null) throw new BoostingException("the task is to be a feature, found no tasks of rows; name a task column.");
        if (options.InitialTheta is { } theta && theta.Count != (train.Tasks?.Count ?? 0)) throw new BoostingException($"found {theta.Count} initial values of theta, expected one for each of the {train.Tasks?.Count ?? 0} tasks.");
        if (options.Monotone.Keys.FirstOrDefault(name => !train.Features.Features.Any(feature => feature.Name == name)) is { } unknown)
            throw new BoostingException($"the monotone feature '{unknown}' does not exist{Suggestion.Tail(unknown, [.. train.Features.Features.Select(feature => feature.Name)])}");
        if (options.Monotone.Keys.FirstOrDefault(name => train.Features.Features.Any(feature => feature.Name == name && feature.IsCategorical)) is { } category)
            throw new BoostingException($"the monotone feature '{category}' is categorical, expected a number.");
        for (int target = 0; target < train.Targets.Count; target++) RequireLabels(train, target);
    }

    private static void RequireLabels(BoostingData train, int target)
    {
        (string name, TargetKind kind, IReadOnlyList<string> classes) = train.Targets[target];
        float first = float.NaN;
        bool varies = false;
        for (int row = 0; row < train.Rows; row++)
        {
            float label = train.Labels[(row * train.Targets.Count) + target];
            if (float.IsNaN(label)) continue;
            if (float.IsNaN(first)) first = label;
            varies |= label != first;
        }

        if (float.IsNaN(first)) throw new BoostingException($"target '{name}' has no label in the training rows, expected at least one.");
        if (!varies && kind is TargetKind.Binary or TargetKind.Multiclass && !varies)
            throw new BoostingException($"target '{name}' is '{classes[(int)first]}' in every training row, expected at least two classes.");
    }
}
