namespace Polymath.Benchmarks.Comparison;

/// <summary>The machine's limits with one number of threads, all measured: what a roofline is drawn from.</summary>
/// <param name="Threads">Threads.</param>
/// <param name="MultiplyAdds">FLOP/s of a loop of multiply-adds on registers.</param>
/// <param name="MatrixProduct">FLOP/s of the fastest matrix product, ours or a peer's.</param>
/// <param name="Read">Bytes/s of a loop that only reads.</param>
/// <param name="Copy">Bytes/s, read and written, of a copying loop.</param>
/// <param name="Triad">Bytes/s, read and written, of a = b + s c.</param>
internal sealed record Peaks(int Threads, double MultiplyAdds, double MatrixProduct, double Read, double Copy, double Triad)
{
    /// <summary>The least time that work can take: the longer of its arithmetic at the multiply-add peak and its traffic at the best bandwidth.</summary>
    public double Roofline(double flops, double bytes) => Math.Max(flops / MultiplyAdds, bytes / Math.Max(Read, Math.Max(Copy, Triad)));
}
