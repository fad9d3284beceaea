using Polymath.Learning.Balancing;

namespace Polymath.Learning.Training;

/// <summary>What one optimiser step saw; valid only while the observer runs. Position i belongs to task <c>Active[i]</c>.</summary>
public readonly ref struct StepRecord
{
    /// <summary>Zero-based epoch.</summary>
    public required int Epoch { get; init; }

    /// <summary>Zero-based optimiser step.</summary>
    public required long Step { get; init; }

    /// <summary>The tasks with labels in this batch, by position in the task set.</summary>
    public required ReadOnlySpan<int> Active { get; init; }

    /// <summary>Their losses.</summary>
    public required ReadOnlySpan<float> Losses { get; init; }

    /// <summary>The balancer's weights.</summary>
    public required ReadOnlySpan<double> Weights { get; init; }

    /// <summary>Inner products of their gradients, <c>[active, active]</c>; empty in steps where they were not computed.</summary>
    public required ReadOnlySpan<double> Gramian { get; init; }

    /// <summary>How the balancer's rule ended.</summary>
    public required BalanceStatus Status { get; init; }

    /// <summary>What the step saw uphill, in training with <see cref="FlatRegions"/>; empty otherwise.</summary>
    public FlatReport Flat { get; init; }

    /// <summary>The terms of the representation regulariser, in the order of its names; empty without one.</summary>
    public ReadOnlySpan<double> Regularizer { get; init; }

    /// <summary>Cosine between the gradients of two active tasks; NaN where it was not computed or a gradient is zero.</summary>
    /// <param name="first">Position among the active tasks.</param>
    /// <param name="second">Position among the active tasks.</param>
    public double Cosine(int first, int second)
    {
        int n = Active.Length;
        if (Gramian.IsEmpty) return double.NaN;
        double norm = Math.Sqrt(Gramian[(first * n) + first]) * Math.Sqrt(Gramian[(second * n) + second]);
        return norm > 0 ? Math.Clamp(Gramian[(first * n) + second] / norm, -1, 1) : double.NaN;
    }
}
