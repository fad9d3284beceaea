namespace Polymath.Reproductions.Merging;

/// <summary>What methods reach on the seeds of a bench, in the order in which they were first measured.</summary>
public sealed class MergingScores
{
    private readonly List<string> _methods = [];
    private readonly Dictionary<string, List<double>> _values = new(StringComparer.Ordinal);

    /// <summary>The methods.</summary>
    public IReadOnlyList<string> Methods => _methods;

    /// <summary>One value per seed.</summary>
    /// <param name="method">A method that was measured.</param>
    public IReadOnlyList<double> this[string method] => _values[method];

    /// <summary>Adds the value of the next seed.</summary>
    /// <param name="method">The method.</param>
    /// <param name="value">What it reached.</param>
    public void Add(string method, double value)
    {
        if (!_values.TryGetValue(method, out List<double>? values))
        {
            _methods.Add(method);
            _values.Add(method, values = []);
        }

        values.Add(value);
    }

    /// <summary>Adds a merged model's mean accuracy over tasks, in percent.</summary>
    /// <param name="model">The model.</param>
    public void Add(MergedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Add(model.Method, 100 * model.Mean);
    }

    /// <summary>The mean over seeds.</summary>
    public double Mean(string method) => this[method].Average();

    /// <summary>The values of one method over those of another, seed by seed.</summary>
    public double[] Ratio(string method, string to) => [.. this[method].Zip(this[to], (own, other) => own / other)];

    /// <summary>The values of one method less those of another, seed by seed.</summary>
    public double[] Difference(string method, string from) => [.. this[method].Zip(this[from], (own, other) => own - other)];

    /// <summary>A table of methods over benches.</summary>
    /// <param name="title">The title.</param>
    /// <param name="benches">Names and scores.</param>
    /// <param name="references">The reference figure of a method on a bench, or null.</param>
    /// <param name="decimals">Digits after the point.</param>
    public static ReportTable Table(string title, IReadOnlyList<(string Name, MergingScores Scores)> benches, Func<string, int, double?> references, int decimals = 1)
    {
        ArgumentNullException.ThrowIfNull(benches);
        ArgumentNullException.ThrowIfNull(references);
        string[] methods = [.. benches.SelectMany(bench => bench.Scores._methods).Distinct()];
        return new(title, ["method", .. benches.Select(bench => bench.Name)], [.. methods.Select(method => (IReadOnlyList<ReportCell>)[method, .. benches.Select((bench, i) => bench.Scores._values.TryGetValue(method, out List<double>? values) ? ReportCell.Over(values, references(method, i), decimals) : (ReportCell)string.Empty)])]);
    }
}
