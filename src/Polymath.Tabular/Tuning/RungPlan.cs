namespace Polymath.Tabular.Tuning;

/// <summary>How many trials are trained for how many epochs in all: one rung for a random search, a ladder for successive halving (Jamieson and Talwalkar 2016).</summary>
/// <param name="Trials">Trials of the rung, those of the rung before that did best.</param>
/// <param name="Epochs">Epochs that each has had at its end.</param>
internal sealed record RungPlan(int Trials, int Epochs)
{
    /// <summary>The rungs: with reduction r every r-th trial goes on, to r times the epochs, and the last rung has all of them.</summary>
    public static IReadOnlyList<RungPlan> Of(TuningSettings settings, int trials)
    {
        var rungs = new List<RungPlan> { new(trials, settings.Epochs) };
        if (settings.Method != TuningOptions.Halving) return rungs;
        var counts = new List<int> { trials };
        while (counts[^1] > 1) counts.Add(Math.Max(1, (counts[^1] + settings.Reduction - 1) / settings.Reduction));

        // From the last rung downwards, until an epoch is all that is left.
        var budgets = new List<int> { settings.Epochs };
        while (budgets.Count < counts.Count && budgets[^1] > 1) budgets.Add(Math.Max(1, budgets[^1] / settings.Reduction));
        budgets.Reverse();
        return [.. budgets.Select((epochs, rung) => new RungPlan(counts[rung], epochs))];
    }
}
