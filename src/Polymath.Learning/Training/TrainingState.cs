using Polymath.Learning.Balancing;
using Polymath.Learning.Optimization;

namespace Polymath.Learning.Training;

/// <summary>The mutable part of a fit besides weights, optimiser and balancer: exactly what a checkpoint adds to those.</summary>
internal sealed class TrainingState
{
    public TrainingState(int tasks, int terms = 0)
    {
        TermSums = new double[terms];
        TermCounts = new long[terms];
        LossSums = new double[tasks];
        LossCounts = new long[tasks];
        SharpnessSums = new double[tasks];
        SharpnessCounts = new long[tasks];
        WeightSums = new double[tasks];
        WeightCounts = new long[tasks];
        Conflicts = new ConflictStatistics(tasks);
        EpochConflicts = new ConflictStatistics(tasks);
    }

    /// <summary>The epoch in progress.</summary>
    public int Epoch { get; set; }

    /// <summary>Steps of that epoch already done.</summary>
    public int StepInEpoch { get; set; }

    /// <summary>Optimiser steps in all.</summary>
    public long Steps { get; set; }

    /// <summary>Sum of loss times observed rows in this epoch, per task.</summary>
    public double[] LossSums { get; }

    public long[] LossCounts { get; }

    /// <summary>Sum of perturbed loss less loss, times observed rows, over the steps of this epoch that looked uphill, per task.</summary>
    public double[] SharpnessSums { get; }

    public long[] SharpnessCounts { get; }

    public double[] WeightSums { get; }

    public long[] WeightCounts { get; }

    /// <summary>Mean loss of each task in this epoch; NaN when it had no label.</summary>
    public double[] MeanLosses => Means(LossSums, LossCounts);

    /// <summary>Mean rise of each task's loss; NaN when it was not looked at.</summary>
    public double[] MeanSharpness => Means(SharpnessSums, SharpnessCounts);

    /// <summary>Mean weight of each task; NaN when it was never present.</summary>
    public double[] MeanWeights => Means(WeightSums, WeightCounts);

    /// <summary>Mean of each term of the regulariser; NaN when no step had it.</summary>
    public double[] MeanTerms => Means(TermSums, TermCounts);

    /// <summary>Sums of the regulariser's terms in this epoch, over the steps that had them.</summary>
    public double[] TermSums { get; }

    public long[] TermCounts { get; }

    /// <summary>Steps of this epoch by how the balancer's rule ended, indexed by its status.</summary>
    public long[] Statuses { get; } = new long[Enum.GetValues<BalanceStatus>().Length];

    public ConflictStatistics Conflicts { get; }

    public ConflictStatistics EpochConflicts { get; set; }

    public List<EpochRecord> History { get; } = [];

    /// <summary>The moving average of the weights; null when there is none.</summary>
    public ExponentialMovingAverage? Average { get; init; }

    public double BestScore { get; set; } = double.NegativeInfinity;

    public int BestEpoch { get; set; } = -1;

    /// <summary>Weights, buffers and touched rows of sparse tables at the best epoch, in their order; null before the first.</summary>
    public float[]? BestValues { get; set; }

    /// <summary>How many of those values belong to each sparse table.</summary>
    public long[] BestTouched { get; set; } = [];

    /// <summary>Training rows in all.</summary>
    public long Rows { get; set; }

    /// <summary>Seconds of training in all, sessions before an interruption included.</summary>
    public double Seconds { get; set; }

    /// <summary>Adds what a step reported to the sums of the epoch.</summary>
    public void Add(TrainingStep step)
    {
        FlatReport flat = step.Flat;
        for (int i = 0; i < step.Present; i++)
        {
            int task = step.Active[i], observed = step.Observed[i];
            LossSums[task] += (double)step.Values[i] * observed;
            LossCounts[task] += observed;
            WeightSums[task] += step.Weights[i];
            WeightCounts[task]++;
            if (flat.IsEmpty) continue;
            SharpnessSums[task] += flat.Sharpness(i) * observed;
            SharpnessCounts[task] += observed;
        }

        Statuses[(int)step.Status]++;
    }

    /// <summary>Takes in the regulariser's terms of a step; NaN for one that the step had no use for.</summary>
    public void AddTerms(ReadOnlySpan<double> terms)
    {
        for (int i = 0; i < terms.Length; i++)
        {
            if (double.IsNaN(terms[i])) continue;
            TermSums[i] += terms[i];
            TermCounts[i]++;
        }
    }

    public void BeginEpoch()
    {
        StepInEpoch = 0;
        Array.Clear(LossSums);
        Array.Clear(LossCounts);
        Array.Clear(SharpnessSums);
        Array.Clear(SharpnessCounts);
        Array.Clear(WeightSums);
        Array.Clear(WeightCounts);
        Array.Clear(TermSums);
        Array.Clear(TermCounts);
        Array.Clear(Statuses);
        EpochConflicts = new ConflictStatistics(EpochConflicts.Tasks);
    }

    private static double[] Means(double[] sums, long[] counts)
    {
        double[] means = new double[sums.Length];
        for (int i = 0; i < means.Length; i++) means[i] = counts[i] == 0 ? double.NaN : sums[i] / counts[i];
        return means;
    }
}
