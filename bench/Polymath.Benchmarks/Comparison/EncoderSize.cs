namespace Polymath.Benchmarks.Comparison;

/// <summary>A transformer encoder block and its input.</summary>
/// <param name="Width">Width of a position.</param>
/// <param name="Heads">Heads of attention.</param>
/// <param name="Length">Positions of a sequence.</param>
/// <param name="Batch">Sequences.</param>
/// <param name="Hidden">Width of the feed-forward part.</param>
internal sealed record EncoderSize(int Width, int Heads, int Length, int Batch, int Hidden)
{
    /// <summary>The block that the target is about, with the usual feed-forward part of four widths.</summary>
    public static EncoderSize Target { get; } = new(256, 8, 128, 16, 4 * 256);

    /// <summary>Per position 8 w^2 for the four maps, 4 l w between positions and 4 w h for the feed-forward part; three times that with the backward pass.</summary>
    public double Flops => 3.0 * Batch * Length * ((8.0 * Width * Width) + (4.0 * Length * Width) + (4.0 * Width * Hidden));

    /// <summary>"256 8 128 16 1024", as a peer is told.</summary>
    public override string ToString() => $"{Width} {Heads} {Length} {Batch} {Hidden}";
}
