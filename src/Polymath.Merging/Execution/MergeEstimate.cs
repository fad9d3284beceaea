using System.Diagnostics;
using Polymath.Merging.Blending;
using Polymath.Merging.Planning;

namespace Polymath.Merging.Execution;

/// <summary>How long a merge would take, by merging a little of it in memory.</summary>
public static class MergeEstimate
{
    private const long SampleElements = 1 << 24;
    private const double MostSeconds = 1.5;

    /// <summary>Seconds for the whole plan at the rate of a sample; writing to a slow disk is not in it.</summary>
    /// <param name="plan">The plan.</param>
    public static double Seconds(MergePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        PlannedTensor[] merged = [.. plan.Tensors.Where(tensor => tensor is { Method.NeedsSurvey: false, Elements: > 0 and < SampleElements }).OrderByDescending(tensor => tensor.Elements)];
        var clock = Stopwatch.StartNew();
        long done = 0;
        for (int i = 0; i < merged.Length && clock.Elapsed.TotalSeconds < MostSeconds; i++)
        {
            TensorMerge tensor = merged[i].ToMerge(plan.Settings with { Warn = static _ => { } });
            IBlockRule rule = merged[i].Method!.Prepare(tensor);
            tensor.ForEachBlock(rule.Granularity, rule.Scratch, rule.Apply);
            done += tensor.Elements;

            // The first tensor also pays for compiling the code.
            if (i == 0 && merged.Length > 1)
            {
                clock.Restart();
                done = 0;
            }
        }

        return done == 0 ? double.NaN : clock.Elapsed.TotalSeconds * plan.Tensors.Sum(tensor => tensor.Elements) / done;
    }
}
