namespace Polymath.Learning.Reporting;

/// <summary>"Did sharing help?", answered in one sentence from the tasks' gains; never more than the baselines allow to say.</summary>
/// <param name="Tone">The answer in one word.</param>
/// <param name="Sentence">The answer in one sentence.</param>
public sealed record RunVerdict(VerdictTone Tone, string Sentence)
{
    /// <summary>How many standard deviations a gain must exceed to count.</summary>
    public const double Deviations = 2;

    private const int MostNamed = 3;

    /// <summary>Judges a run. A gain counts as a difference when it exceeds twice its standard deviation, as far as that is known.</summary>
    public static RunVerdict Of(RunReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        TaskReport[] compared = [.. report.Tasks.Where(task => task.FiniteGain is not null || task.NegativeTransfer)];
        if (compared.Length == 0)
        {
            return new RunVerdict(VerdictTone.Unknown, report.Tasks.Any(task => task.SingleTask is not null)
                ? "Single-task baselines were trained, but no gain over them is defined, so this report cannot say whether sharing helped."
                : "No single-task baseline was trained, so this report cannot say whether sharing helped.");
        }

        TaskReport[] hurt = [.. compared.Where(task => task.NegativeTransfer || task.FiniteGain < -Margin(task)).OrderBy(task => task.FiniteGain)];
        int helped = compared.Count(task => !task.NegativeTransfer && task.FiniteGain > Margin(task));
        int same = compared.Length - hurt.Length - helped;
        bool noisy = compared.Any(task => Margin(task) > 0), negative = hurt.Any(task => task.NegativeTransfer);
        string of = compared.Length == report.Tasks.Count
            ? $"of {Tasks(compared.Length)}"
            : $"of the {compared.Length} compared tasks ({report.Tasks.Count - compared.Length} had no usable baseline)";

        string sentence = (helped, hurt.Length) switch
        {
            (0, 0) => $"Sharing made no difference{(noisy ? " beyond noise" : "")} to {(compared.Length == 1 ? "the task" : "any")} {(compared.Length == 1 ? "" : of)}".TrimEnd(),
            ( > 0, 0) => $"Sharing helped {helped} {of}",
            (0, > 0) => $"Sharing hurt {hurt.Length} {of} ({Name(hurt)}) and helped none",
            _ => $"Sharing helped {helped} {of} and hurt {hurt.Length} ({Name(hurt)})",
        };
        if (same > 0 && helped + hurt.Length > 0) sentence += $"; {same} {(same == 1 ? "is" : "are")} unchanged{(noisy ? " within noise" : "")}";
        if (report.DeltaM is double delta && double.IsFinite(delta)) sentence += $"; average gain {Numbers.Percent(delta)}";
        VerdictTone tone = negative || (hurt.Length > 0 && helped == 0) ? VerdictTone.Hurt : hurt.Length > 0 ? VerdictTone.Mixed : helped > 0 ? VerdictTone.Helped : VerdictTone.NoDifference;
        return new RunVerdict(tone, (negative ? "Negative transfer: " + char.ToLowerInvariant(sentence[0]) + sentence[1..] : sentence) + ".");
    }

    private static double Margin(TaskReport task) => task.GainSpread is double spread && double.IsFinite(spread) ? Deviations * Math.Abs(spread) : 0;

    private static string Tasks(int count) => count == 1 ? "1 task" : $"{count} tasks";

    private static string Name(TaskReport[] hurt)
    {
        string named = string.Join(", ", hurt.Take(MostNamed).Select(task => $"{task.Name}{(task.FiniteGain is double gain ? $" {Numbers.Percent(gain)}" : "")}"));
        return hurt.Length > MostNamed ? $"{named} and {hurt.Length - MostNamed} more" : named;
    }
}
