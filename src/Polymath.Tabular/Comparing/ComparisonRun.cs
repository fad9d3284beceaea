using Polymath.Learning.Training;

namespace Polymath.Tabular.Comparing;

/// <summary>One finished training of a comparison: a line of <c>results.jsonl</c>.</summary>
/// <param name="Model">The model, <c>name[:option=value,...]</c>.</param>
/// <param name="Balancer">The balancer, <c>name[:option=value,...]</c>.</param>
/// <param name="Seed">Seed of weights, order and dropout.</param>
public sealed record ComparisonRun(string Model, string Balancer, int Seed)
{
    /// <summary>Why there is no result, one sentence; null when there is one.</summary>
    public string? Error { get; init; }

    /// <summary>Trained values.</summary>
    public long Parameters { get; init; }

    /// <summary>Multiplications and additions for one input row.</summary>
    public long FlopsPerRow { get; init; }

    /// <summary>Epochs trained.</summary>
    public int Epochs { get; init; }

    /// <summary>Zero-based epoch whose weights were scored.</summary>
    public int BestEpoch { get; init; }

    /// <summary>Seconds of training and validation.</summary>
    public double Seconds { get; init; }

    /// <summary>Training rows per second over those seconds.</summary>
    public double RowsPerSecond { get; init; }

    /// <summary>Scores on the validation rows, <c>[tasks]</c>; empty without any.</summary>
    public IReadOnlyList<TaskScore> Validation { get; init; } = [];

    /// <summary>Scores on the test rows, <c>[tasks]</c>; empty without any.</summary>
    public IReadOnlyList<TaskScore> Test { get; init; } = [];

    /// <summary>The primary metric of every task on resampled test (or validation) rows, <c>[tasks][resamples]</c>; the same rows for every run.</summary>
    public IReadOnlyList<double[]> Resampled { get; init; } = [];

    /// <summary>The scores that are compared: on the test rows, else on the validation rows.</summary>
    public IReadOnlyList<TaskScore> Scores => Test.Count > 0 ? Test : Validation;
}
