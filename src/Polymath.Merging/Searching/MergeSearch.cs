using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Polymath.Merging.Searching;

/// <summary>
/// Tries every combination of values, merging and scoring each, and remembers the scores in a file, so that a search that was interrupted goes on
/// where it was.
/// </summary>
/// <example><code>
/// var search = new MergeSearch([SearchAxis.Parse("lambda=0.1:1:0.1")], "out.search", identity);
/// IReadOnlyList&lt;SearchTrial&gt; trials = search.Run(values => Score(values));
/// SearchTrial best = MergeSearch.Best(trials, minimize: false);
/// </code></example>
public sealed class MergeSearch
{
    private readonly IReadOnlyList<SearchAxis> _axes;
    private readonly string _journal;
    private readonly string _identity;
    private bool _begun;

    /// <summary>A search.</summary>
    /// <param name="axes">One parameter or more, each name once.</param>
    /// <param name="journal">The file of scores; that of another search is begun anew.</param>
    /// <param name="identity">What the scores depend on beside the values: configuration, inputs, evaluator.</param>
    /// <exception cref="MergeException">A parameter is given twice.</exception>
    public MergeSearch(IReadOnlyList<SearchAxis> axes, string journal, string identity)
    {
        ArgumentNullException.ThrowIfNull(axes);
        if (axes.Select(axis => axis.Name).Distinct(StringComparer.Ordinal).Count() != axes.Count) throw new MergeException("a parameter is searched twice, expected every name once.");
        _axes = axes;
        _journal = journal;
        _identity = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{identity}\n{string.Join('\n', axes.Select(axis => axis.Name))}")));
    }

    /// <summary>Number of combinations.</summary>
    public int Count => _axes.Aggregate(1, static (count, axis) => checked(count * axis.Values.Count));

    /// <summary>Scores every combination, the last axis running fastest.</summary>
    /// <param name="score">Merges with the given values (in the order of the axes) and scores the result.</param>
    /// <param name="progress">Told after each combination: how many are done, and the last.</param>
    /// <param name="cancellation">Stops between two combinations.</param>
    public IReadOnlyList<SearchTrial> Run(Func<IReadOnlyList<double>, double> score, Action<int, SearchTrial>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(score);
        Dictionary<string, double> known = ReadJournal();
        var trials = new List<SearchTrial>(Count);
        for (int i = 0; i < Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            double[] values = Combination(i);
            bool resumed = known.TryGetValue(Key(values), out double value);
            if (!resumed)
            {
                value = score(values);
                Append(values, value);
            }

            trials.Add(new SearchTrial(values, value, resumed));
            progress?.Invoke(i + 1, trials[^1]);
        }

        return trials;
    }

    /// <summary>The best trial; of equal ones the first.</summary>
    /// <param name="trials">The trials.</param>
    /// <param name="minimize">Whether a smaller score is better.</param>
    /// <exception cref="MergeException">No score is a number.</exception>
    public static SearchTrial Best(IReadOnlyList<SearchTrial> trials, bool minimize)
    {
        SearchTrial[] scored = [.. trials.Where(trial => !double.IsNaN(trial.Score))];
        if (scored.Length == 0) throw new MergeException($"none of the {trials.Count} combinations has a score that is a number; check the evaluator.");
        return minimize ? scored.MinBy(trial => trial.Score)! : scored.MaxBy(trial => trial.Score)!;
    }

    private double[] Combination(int index)
    {
        double[] values = new double[_axes.Count];
        for (int axis = _axes.Count - 1; axis >= 0; axis--)
        {
            values[axis] = _axes[axis].Values[index % _axes[axis].Values.Count];
            index /= _axes[axis].Values.Count;
        }

        return values;
    }

    private static string Key(IEnumerable<double> values) => string.Join(' ', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));

    private Dictionary<string, double> ReadJournal()
    {
        string[] lines = File.Exists(_journal) ? File.ReadAllLines(_journal) : [];
        var known = new Dictionary<string, double>(StringComparer.Ordinal);
        if (lines.Length == 0 || lines[0] != _identity)
        {
            return known;
        }

        _begun = true;
        foreach (string[] parts in lines.Skip(1).Select(line => line.Split('\t')))
        {
            // A line that a crash cut short has no end mark.
            if (parts.Length == 3 && parts[2] == "." && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double score)) known[parts[0]] = score;
        }

        return known;
    }

    private void Append(double[] values, double score)
    {
        // The file begins with its first score: a search that never got one leaves nothing.
        using var stream = new FileStream(_journal, _begun ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.Read);
        if (!_begun) stream.Write(Encoding.UTF8.GetBytes(_identity + "\n"));
        _begun = true;
        stream.Write(Encoding.UTF8.GetBytes($"\n{Key(values)}\t{score.ToString("R", CultureInfo.InvariantCulture)}\t.\n"));
        stream.Flush(flushToDisk: true);
    }
}
