using System.Globalization;
using System.Text;

namespace Polymath.Merging.TaskVectors;

/// <summary>Learned coefficients under the names of their task vectors and blocks, with the rule that made the blocks: all that is needed to merge again.</summary>
/// <example><code>
/// result.Coefficients.Save("coefficients.json");
/// ModelState merged = CoefficientTable.Load("coefficients.json").Merge(pool);
/// </code></example>
public sealed partial class CoefficientTable
{
    private readonly float[] _values;
    private readonly IReadOnlyDictionary<string, string>? _groups;

    internal CoefficientTable(IReadOnlyList<string> vectors, IReadOnlyList<string> blocks, float[] values, CoefficientGranularity granularity, IReadOnlyDictionary<string, string>? groups)
        => (Vectors, Blocks, _values, Granularity, _groups) = (vectors, blocks, values, granularity, groups);

    /// <summary>The task vectors.</summary>
    public IReadOnlyList<string> Vectors { get; }

    /// <summary>The blocks.</summary>
    public IReadOnlyList<string> Blocks { get; }

    /// <summary>How the blocks were made.</summary>
    public CoefficientGranularity Granularity { get; }

    /// <summary>All coefficients, [vectors, blocks] row-major.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>The coefficient of a vector in a block.</summary>
    /// <param name="vector">The place of the vector.</param>
    /// <param name="block">The place of the block.</param>
    public float this[int vector, int block] => _values[(Index(vector, Vectors.Count, nameof(vector)) * Blocks.Count) + Index(block, Blocks.Count, nameof(block))];

    /// <summary>The merged model: theta_0 + sum c tau.</summary>
    /// <param name="pool">The base and the vectors of these names, in any order.</param>
    /// <exception cref="MergeException">A vector is missing, there is one without coefficients, or the base has other tensors.</exception>
    public ModelState Merge(TaskVectorPool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        string[] missing = [.. Vectors.Where(name => !pool.Contains(name))], extra = [.. pool.Names.Where(name => !Vectors.Contains(name))];
        if (missing.Length + extra.Length > 0) throw new MergeException($"the coefficients are for the task vectors {string.Join(", ", Vectors)}, but the pool holds {string.Join(", ", pool.Names)}; expected the same names.");
        CoefficientBlocks blocks = Granularity.Resolve(pool.Theta0);
        if (!blocks.Names.SequenceEqual(Blocks)) throw new MergeException($"the coefficients are for {Blocks.Count} blocks ({string.Join(", ", Blocks.Take(3))}, ...), but the base has {blocks.Names.Length} ({string.Join(", ", blocks.Names.Take(3))}, ...); expected the base that they were learned on.");
        float[] ordered = new float[_values.Length];
        for (int v = 0; v < pool.Count; v++) _values.AsSpan(Vectors.ToList().IndexOf(pool.Vectors[v].Name) * Blocks.Count, Blocks.Count).CopyTo(ordered.AsSpan(v * Blocks.Count));
        return TaskVectorSpace.Merge(pool, new BlockComposition(pool, blocks), ordered);
    }

    /// <summary>The table as CSV: a row for each block, a column for each vector, values that read back to the same floats.</summary>
    public string ToCsv()
    {
        var text = new StringBuilder("block");
        foreach (string vector in Vectors) text.Append(',').Append(Quoted(vector));
        text.Append('\n');
        for (int b = 0; b < Blocks.Count; b++)
        {
            text.Append(Quoted(Blocks[b]));
            for (int v = 0; v < Vectors.Count; v++) text.Append(CultureInfo.InvariantCulture, $",{this[v, b]:R}");
            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>For groups of the caller's choice: the group of every tensor, so that the rule can be repeated from a file.</summary>
    internal static Dictionary<string, string>? GroupsOf(CoefficientGranularity granularity, CoefficientBlocks blocks, ModelState theta0)
        => granularity.Description != "custom" ? null : Enumerable.Range(0, theta0.Count).ToDictionary(tensor => theta0.Names[tensor], tensor => blocks.Names[blocks.First[tensor]], StringComparer.Ordinal);

    internal static string Quoted(string field) => field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static int Index(int index, int count, string name) => (uint)index < (uint)count ? index : throw new ArgumentOutOfRangeException(name, index, $"CoefficientTable: expected 0 to {count - 1}.");
}
