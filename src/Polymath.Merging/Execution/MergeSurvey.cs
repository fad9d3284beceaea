using Polymath.Merging.Methods;
using Polymath.Merging.Planning;

namespace Polymath.Merging.Execution;

/// <summary>Lets the methods that need it look at all their tensors before the first is merged.</summary>
internal static class MergeSurvey
{
    /// <summary>What each tensor's method found; null for methods that need no survey.</summary>
    /// <param name="plan">The plan.</param>
    public static Func<PlannedTensor, object?> Of(MergePlan plan)
    {
        var found = new Dictionary<MergeMethod, object?>();
        foreach (IGrouping<MergeMethod, PlannedTensor> group in plan.Tensors.Where(tensor => tensor.Method is { NeedsSurvey: true }).GroupBy(tensor => tensor.Method!))
            found[group.Key] = group.Key.Survey([.. group.Select(tensor => tensor.ToMerge(plan.Settings))]);
        return tensor => tensor.Method is null ? null : found.GetValueOrDefault(tensor.Method);
    }
}
