namespace Polymath.Learning.Balancing;

/// <summary>
/// The state of a balancer as named arrays, ordered by name, so that a resumed run equals an uninterrupted one. A container only:
/// writing it to a file is the checkpoint's business.
/// </summary>
/// <example><code>
/// var state = new BalancerState();
/// balancer.WriteState(state);
/// foreach ((string name, float[] values) in state.Singles) Console.WriteLine($"{name}: {values.Length}");
/// </code></example>
public sealed class BalancerState
{
    private readonly SortedDictionary<string, float[]> _singles = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, double[]> _doubles = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long[]> _integers = new(StringComparer.Ordinal);

    /// <summary>The float32 arrays.</summary>
    public IReadOnlyDictionary<string, float[]> Singles => _singles;

    /// <summary>The float64 arrays.</summary>
    public IReadOnlyDictionary<string, double[]> Doubles => _doubles;

    /// <summary>The int64 arrays.</summary>
    public IReadOnlyDictionary<string, long[]> Integers => _integers;

    /// <summary>Whether nothing is stored: the balancer is stateless or has not run.</summary>
    public bool IsEmpty => _singles.Count + _doubles.Count + _integers.Count == 0;

    /// <summary>Stores a copy of a float32 array.</summary>
    /// <param name="name">Its name, such as "log_variance".</param>
    /// <param name="values">The values.</param>
    public void Set(string name, ReadOnlySpan<float> values) => _singles[name] = values.ToArray();

    /// <summary>Stores a copy of a float64 array.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">The values.</param>
    public void Set(string name, ReadOnlySpan<double> values) => _doubles[name] = values.ToArray();

    /// <summary>Stores a copy of an int64 array.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">The values.</param>
    public void Set(string name, ReadOnlySpan<long> values) => _integers[name] = values.ToArray();

    /// <summary>The float32 array of that name.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="BalancerException">There is none.</exception>
    public ReadOnlySpan<float> GetSingles(string name) => Find(_singles, name);

    /// <summary>The float64 array of that name.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="BalancerException">There is none.</exception>
    public ReadOnlySpan<double> GetDoubles(string name) => Find(_doubles, name);

    /// <summary>The int64 array of that name.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="BalancerException">There is none.</exception>
    public ReadOnlySpan<long> GetIntegers(string name) => Find(_integers, name);

    private static T[] Find<T>(SortedDictionary<string, T[]> arrays, string name) => arrays.TryGetValue(name, out T[]? values)
        ? values
        : throw new BalancerException($"The balancer state has no {typeof(T).Name} array '{name}' (found: {(arrays.Count == 0 ? "none" : string.Join(", ", arrays.Keys))}); resume with the balancer that wrote it.");
}
