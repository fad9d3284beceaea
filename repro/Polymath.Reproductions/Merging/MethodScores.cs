namespace Polymath.Reproductions.Merging;

/// <summary>The mean test accuracies of methods over the seeds of a bench.</summary>
internal sealed class MethodScores
{
    private readonly Dictionary<string, List<double>> _scores = new(StringComparer.Ordinal);

    /// <summary>The methods, in the order in which they were first measured.</summary>
    public IReadOnlyCollection<string> Methods => _scores.Keys;

    /// <summary>Adds a seed's accuracy of a method.</summary>
    public void Add(string method, double accuracy)
    {
        if (!_scores.TryGetValue(method, out List<double>? scores)) _scores.Add(method, scores = []);
        scores.Add(accuracy);
    }

    /// <summary>One value per seed.</summary>
    public IReadOnlyList<double> Of(string method) => _scores[method];

    /// <summary>The mean over seeds.</summary>
    public double Mean(string method) => _scores[method].Average();

    /// <summary>A cell, with the reference figure if there is one; "-" for a method that was not measured.</summary>
    public ReportCell Cell(string method, double? reference = null)
        => _scores.TryGetValue(method, out List<double>? scores) ? ReportCell.Over(scores, reference, decimals: 3) : "-";
}
