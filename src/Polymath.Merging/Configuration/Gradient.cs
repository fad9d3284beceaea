namespace Polymath.Merging.Configuration;

/// <summary>A value that may change over the layers: anchors at equal distances, numbers between them interpolated, anything else taken from the anchor before.</summary>
/// <example><code>
/// new Gradient([0.0, 1.0]).At(0.25)   // 0.25
/// </code></example>
public sealed class Gradient
{
    /// <summary>A gradient over anchors; a single one is a constant.</summary>
    /// <param name="anchors">double, bool, string or null each; one or more.</param>
    public Gradient(IReadOnlyList<object?> anchors)
    {
        ArgumentNullException.ThrowIfNull(anchors);
        if (anchors.Count == 0) throw new MergeException("a list of values is empty, expected one value or more.");
        Anchors = anchors;
    }

    /// <summary>The values at equal distances from the first layer to the last.</summary>
    public IReadOnlyList<object?> Anchors { get; }

    /// <summary>The value at a position.</summary>
    /// <param name="position">From 0 (first layer) to 1 (last layer).</param>
    public object? At(double position)
    {
        if (Anchors.Count == 1) return Anchors[0];
        double scaled = position * (Anchors.Count - 1), fraction = scaled - Math.Floor(scaled);
        int index = (int)Math.Floor(scaled);
        if (!Anchors.All(anchor => anchor is double or bool)) return Anchors[index];
        return ((1 - fraction) * Number(index)) + (fraction * Number(Math.Min(index + 1, Anchors.Count - 1)));
    }

    private double Number(int index) => Anchors[index] is bool flag ? (flag ? 1 : 0) : (double)Anchors[index]!;
}
