namespace Polymath.Boosting;

/// <summary>What does not stop a fit and still should be said of its model.</summary>
internal static class ModelNotes
{
    private const double Saturated = 1e-3;

    /// <summary>One sentence each.</summary>
    public static IReadOnlyList<string> Of(BoostedModel model)
    {
        var notes = new List<string>();
        if (model.Theta.Count == 1) notes.Add("The robust block has no meaning with one task: there is no majority that it could differ from.");
        if (model.Theta.Count == 2) notes.Add("With two tasks neither is the majority: their outlier scores are always the same.");
        int ends = model.Theta.Select(TaskMixture.Sigmoid).Count(mix => mix is < Saturated or > 1 - Saturated);
        if (model.Options.Theta == ThetaStep.Sum && 2 * ends > model.Theta.Count)
            notes.Add($"sigmoid(theta) of {ends} of {model.Theta.Count} tasks is at 0 or 1, where it no longer moves: its step is a sum over the rows of a task; the mean or the Newton step does not depend on their number.");
        return notes;
    }
}
