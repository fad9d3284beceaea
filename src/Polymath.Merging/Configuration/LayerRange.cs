namespace Polymath.Merging.Configuration;

/// <summary>A run of layers.</summary>
/// <param name="Start">The first layer.</param>
/// <param name="End">The layer after the last.</param>
public readonly record struct LayerRange(int Start, int End)
{
    /// <summary>Number of layers.</summary>
    public int Length => End - Start;

    /// <inheritdoc/>
    public override string ToString() => $"[{Start}, {End})";
}
