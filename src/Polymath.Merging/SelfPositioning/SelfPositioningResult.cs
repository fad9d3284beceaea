using System.Globalization;
using System.Text;
using Polymath.Merging.TaskVectors;

namespace Polymath.Merging;

/// <summary>What Self Positioning found.</summary>
public sealed record SelfPositioningResult
{
    /// <summary>The weight of each expert: softmax(a), which sums to 1, or c in the free form.</summary>
    public required IReadOnlyList<double> Weights { get; init; }

    /// <summary>The length lambda; 1 in the free form.</summary>
    public required double Scale { get; init; }

    /// <summary>What each task vector is multiplied by.</summary>
    public required CoefficientTable Coefficients { get; init; }

    /// <summary>The merged model.</summary>
    public required ModelState Merged { get; init; }

    /// <summary>The loss before each step.</summary>
    public required IReadOnlyList<double> LossCurve { get; init; }

    /// <summary>The points at which the validation loss was looked at, the start first.</summary>
    public required IReadOnlyList<PositionPoint> Trajectory { get; init; }

    /// <summary>Each task's probe loss.</summary>
    public required IReadOnlyList<PositionedTask> Tasks { get; init; }

    /// <summary>The experts.</summary>
    public required IReadOnlyList<PositionVertex> Vertices { get; init; }

    /// <summary>The mean validation loss at the point that was found.</summary>
    public required double Loss { get; init; }

    /// <summary>What may have gone wrong, one sentence each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Seed, form and hashes of base, experts and probe, for the merged model's header.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>The expert with the largest weight.</summary>
    public string NearestVertex => Vertices[Enumerable.Range(0, Weights.Count).MaxBy(t => Weights[t])].Name;

    /// <summary>The entropy of the weights in nats, ln T when uniform and 0 at one expert; NaN in the free form when a weight is negative.</summary>
    public double WeightEntropy => -Weights.Sum(weight => weight == 0 ? 0 : weight * Math.Log(weight));

    /// <summary>The trajectory as CSV: step, validation loss, a column for each task vector.</summary>
    public string TrajectoryCsv()
    {
        var text = new StringBuilder("step,loss");
        foreach (string vector in Coefficients.Vectors) text.Append(',').Append(CoefficientTable.Quoted(vector));
        text.Append('\n');
        foreach (PositionPoint point in Trajectory)
        {
            text.Append(CultureInfo.InvariantCulture, $"{point.Step},{point.Loss:R}");
            foreach (float coefficient in point.Coefficients) text.Append(CultureInfo.InvariantCulture, $",{coefficient:R}");
            text.Append('\n');
        }

        return text.ToString();
    }
}
