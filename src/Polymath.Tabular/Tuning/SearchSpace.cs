using Polymath.Data.Runs;
using Polymath.Learning.Balancing;
using Polymath.Learning.Configuration;
using Polymath.Learning.Optimization;
using Polymath.Tensors;

namespace Polymath.Tabular.Tuning;

/// <summary>The hyper-parameters that vary, and the combinations that are tried.</summary>
internal sealed class SearchSpace
{
    private const int Attempts = 64;
    private readonly SearchDimension[] _dimensions;
    private readonly TuningSettings _settings;

    /// <summary>Reads the space of some settings.</summary>
    /// <exception cref="RunException">Nothing varies, something varies twice, or a value is not allowed.</exception>
    public SearchSpace(TuningSettings settings)
    {
        _settings = settings;
        if (settings.Search.Count == 0) throw new RunException("search: nothing varies; give for example --search lr=0.0001..0.01:log --search dropout=0/0.1/0.3.");
        SearchKnob.Check(settings);
        _dimensions = [.. settings.Search.Select(text => SearchDimension.Parse(text, settings))];
        if (_dimensions.GroupBy(dimension => dimension.Knob).FirstOrDefault(group => group.Count() > 1)?.First().Name is { } twice) throw new RunException($"search: '{twice}' is given twice, expected all its values in one list or range.");
        foreach (SearchDimension dimension in _dimensions)
        {
            foreach (string value in dimension.Extremes) Check(dimension, value);
        }
    }

    /// <summary>The names, in order.</summary>
    public IReadOnlyList<string> Names => [.. _dimensions.Select(dimension => dimension.Name)];

    /// <summary>
    /// The combinations: what the settings say (no values), then all there are when they are few enough, else distinct ones drawn at random. The first
    /// ones do not depend on how many are asked for.
    /// </summary>
    public IReadOnlyList<string[]> Draw(int trials)
    {
        var drawn = new List<string[]> { Array.Empty<string>() };
        double all = _dimensions.Aggregate(1.0, (count, dimension) => dimension.Values.Count == 0 ? double.PositiveInfinity : count * dimension.Values.Count);
        if (all < trials)
        {
            IEnumerable<string[]> grid = [[]];
            foreach (SearchDimension dimension in _dimensions) grid = [.. grid.SelectMany(values => dimension.Values.Select(value => (string[])[.. values, value]))];
            return [.. drawn, .. grid];
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        RandomStream root = new RandomStream((ulong)_settings.Seed).Derive("search");
        for (int trial = 1; trial < trials; trial++)
        {
            for (int attempt = 0; attempt < Attempts; attempt++)
            {
                RandomStream random = root.Derive((ulong)trial).Derive((ulong)attempt);
                string[] values = [.. _dimensions.Select(dimension => dimension.Draw(random))];
                if (!seen.Add(string.Join('\u001f', values))) continue;
                drawn.Add(values);
                break;
            }
        }

        return drawn;
    }

    /// <summary>The settings of a combination.</summary>
    public TuningSettings Apply(string[] values)
    {
        TuningSettings settings = _settings;
        for (int i = 0; i < values.Length; i++) settings = _dimensions[i].Knob.Set(settings, values[i]);
        return settings;
    }

    private void Check(SearchDimension dimension, string value)
    {
        try
        {
            SearchKnob.Check(dimension.Knob.Set(_settings, value));
        }
        catch (Exception exception) when (exception is RunException or ModelException or BalancerException or ComponentException or OptimizerException)
        {
            throw new RunException($"search: {exception.Message}", exception);
        }
    }
}
