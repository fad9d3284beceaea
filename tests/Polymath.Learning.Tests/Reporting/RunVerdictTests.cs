using Polymath.Learning.Reporting;

namespace Polymath.Tests.Reporting;

public sealed class RunVerdictTests
{
    [Fact]
    public void Without_a_baseline_nothing_is_claimed()
    {
        RunVerdict verdict = RunVerdict.Of(Report(Gain("a", null), Gain("b", null)));
        Assert.Equal(VerdictTone.Unknown, verdict.Tone);
        Assert.Equal("No single-task baseline was trained, so this report cannot say whether sharing helped.", verdict.Sentence);
    }

    [Fact]
    public void Undefined_gains_are_not_counted()
    {
        RunVerdict verdict = RunVerdict.Of(Report(Gain("a", double.NaN) with { SingleTask = new Dictionary<string, SplitMetrics>() }));
        Assert.Equal(VerdictTone.Unknown, verdict.Tone);
        Assert.Contains("no gain over them is defined", verdict.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gain_within_two_deviations_is_no_difference()
    {
        RunVerdict verdict = RunVerdict.Of(Report(Gain("a", 2, 0.5), Gain("b", 1.01, 0.5), Gain("c", -0.9, 0.5)));
        Assert.Equal((VerdictTone.Helped, "Sharing helped 2 of 3 tasks; 1 is unchanged within noise."), (verdict.Tone, verdict.Sentence));
        Assert.Equal(new RunVerdict(VerdictTone.NoDifference, "Sharing made no difference beyond noise to any of 2 tasks."), RunVerdict.Of(Report(Gain("a", 0.4, 0.3), Gain("b", -0.4, 0.3))));
        Assert.Equal("Sharing made no difference to any of 2 tasks.", RunVerdict.Of(Report(Gain("a", 0), Gain("b", 0))).Sentence);
        Assert.Equal("Sharing made no difference to the task.", RunVerdict.Of(Report(Gain("a", 0))).Sentence);
    }

    [Fact]
    public void Hurt_tasks_are_named()
    {
        RunVerdict verdict = RunVerdict.Of(Report(Gain("a", 2), Gain("b", -1.25)) with { DeltaM = 0.375 });
        Assert.Equal((VerdictTone.Mixed, "Sharing helped 1 of 2 tasks and hurt 1 (b \u22121.25\u00a0%); average gain +0.38\u00a0%."), (verdict.Tone, verdict.Sentence));
    }

    [Fact]
    public void Negative_transfer_is_a_warning_and_names_the_worst_three()
    {
        RunVerdict verdict = RunVerdict.Of(Report(Gain("a", 3), Gain("b", -1) with { NegativeTransfer = true }, Gain("c", -2), Gain("d", -4), Gain("e", -3), Gain("f", null)));
        Assert.Equal(VerdictTone.Hurt, verdict.Tone);
        Assert.Equal("Negative transfer: sharing helped 1 of the 5 compared tasks (1 had no usable baseline) and hurt 4 (d \u22124.00\u00a0%, e \u22123.00\u00a0%, c \u22122.00\u00a0% and 1 more).", verdict.Sentence);
    }

    private static RunReport Report(params TaskReport[] tasks) => new() { Name = "run", Tasks = tasks };

    private static TaskReport Gain(string name, double? gain, double? spread = null) => new() { Name = name, GainPercent = gain, GainSpread = spread };
}
