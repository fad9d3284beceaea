namespace Polymath.Learning.Reporting;

/// <summary>How one gate weighed its experts on some rows.</summary>
/// <param name="Level">Layer of the gate, from 0.</param>
/// <param name="Consumer">Who reads the mixture: a task, a group of tasks, or "shared".</param>
/// <param name="IsShared">Whether the mixture is for all tasks.</param>
/// <param name="Experts">Names of its experts, in its order.</param>
/// <param name="Weights">Mean weight of each; they sum to 1.</param>
/// <param name="SelfWeights">Mean weight with which the consumer's own experts are added once more beside the mixture; empty without a self gate.</param>
public sealed record GateFigures(int Level, string Consumer, bool IsShared, IReadOnlyList<string> Experts, IReadOnlyList<double> Weights, IReadOnlyList<double> SelfWeights)
{
    /// <summary>Entropy of the mean weights over that of equal ones: 1 when all experts are used alike, 0 when one has everything; 1 with a single expert.</summary>
    public double Utilisation
    {
        get
        {
            if (Weights.Count < 2) return 1;
            double entropy = Weights.Where(weight => weight > 0).Sum(weight => -weight * Math.Log(weight));
            return Math.Abs(entropy / Math.Log(Weights.Count));
        }
    }
}
