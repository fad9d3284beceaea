using Polymath.Data;
using Polymath.Tensors;

namespace Polymath.Boosting.Tests;

/// <summary>A registered loss with targets it is for, and rows away from its kinks.</summary>
internal sealed class LossCase
{
    public const int Rows = 37;

    public LossCase(string name)
    {
        string specification = name.Split(' ')[0];
        Target = name.Split(' ')[1] switch
        {
            "regression" => new BoostingTarget("y", TargetKind.Regression, []),
            "count" => new BoostingTarget("y", TargetKind.Count, []),
            "classes2" => new BoostingTarget("y", TargetKind.Binary, ["0", "1"]),
            _ => new BoostingTarget("y", TargetKind.Multiclass, ["a", "b", "c", "d", "e"]),
        };
        Loss = BoostingLosses.Create(specification, Target);
        (Scores, Labels, Weights) = (new double[Rows * Loss.Outputs], new float[Rows], new float[Rows]);
        var stream = new RandomStream(7);
        for (int i = 0; i < Scores.Length; i++) Scores[i] = 1.5 * stream.NextNormalDouble();
        for (int row = 0; row < Rows; row++)
        {
            Labels[row] = Target.Classes.Count > 0 ? row % Target.Classes.Count : Target.Kind == TargetKind.Count ? stream.NextInt32(6) : 2 * stream.NextNormal();
            Weights[row] = stream.NextInt32(4);
        }
    }

    /// <summary>Every registered loss for every kind of target it is for, and parameters away from their defaults.</summary>
    public static TheoryData<string> All
    {
        get
        {
            var cases = new TheoryData<string>();
            string[] kinds = ["regression", "count", "classes2", "classes5"];
            foreach (string loss in BoostingLosses.All.Select(loss => loss.Name).Concat(["huber:delta=0.4", "quantile:alpha=0.9", "quantile:alpha=0.05", "poisson:max_step=2"]))
            {
                foreach (string kind in kinds)
                {
                    if (Fits(loss, kind)) cases.Add($"{loss} {kind}");
                }
            }

            return cases;
        }
    }

    public BoostingTarget Target { get; }

    public BoostingLoss Loss { get; }

    public double[] Scores { get; }

    public float[] Labels { get; }

    /// <summary>Whole numbers, some of them 0.</summary>
    public float[] Weights { get; }

    /// <summary>What the curvature is times the second derivative; null where the second derivative is 0 or jumps and the curvature counts as 1.</summary>
    public double? CurvatureFactor => Loss switch
    {
        SoftmaxLoss => Loss.Outputs / (Loss.Outputs - 1.0),
        PoissonLoss => Math.Exp(Loss.MaxStep),
        AbsoluteLoss or QuantileLoss or HuberLoss => null,
        _ => 1,
    };

    /// <summary>What is summed over what is differentiated.</summary>
    public double SumFactor => Loss is SquaredLoss ? 2 : 1;

    public double Of(double[] scores) => Loss.Sum(scores, Labels, default) / SumFactor;

    private static bool Fits(string loss, string kind)
    {
        try
        {
            _ = new LossCase($"{loss} {kind}");
            return true;
        }
        catch (BoostingException)
        {
            return false;
        }
    }
}
