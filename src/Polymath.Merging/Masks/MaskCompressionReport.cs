namespace Polymath.Merging.Masks;

/// <summary>Room for T models with and without masks, in bytes of single-precision weights.</summary>
/// <param name="Tasks">T.</param>
/// <param name="Elements">P.</param>
/// <param name="SeparateBytes">T models: 4 T P.</param>
/// <param name="MaskedBytes">Base, vector and masks: 4 P + 4 P + T ceil(P / 8).</param>
/// <param name="EntropyBytes">The same with masks coded at the entropy of their density, which a good compressor comes near.</param>
public sealed record MaskCompressionReport(int Tasks, long Elements, long SeparateBytes, long MaskedBytes, long EntropyBytes)
{
    /// <summary>How many times smaller: separate over masked.</summary>
    public double Ratio => (double)SeparateBytes / Math.Max(1, MaskedBytes);

    internal static MaskCompressionReport Of(TaskMaskSet set)
    {
        long model = set.Elements * sizeof(float);
        double bits = set.Masks.Sum(mask => mask.Length * Entropy(mask.Density));
        return new(set.Tasks.Count, set.Elements, set.Tasks.Count * model, (2 * model) + (set.Tasks.Count * BitMask.BytesOf(set.Elements)), (2 * model) + (long)Math.Ceiling(bits / 8));
    }

    private static double Entropy(double density) => density is <= 0 or >= 1 ? 0 : -(density * Math.Log2(density)) - ((1 - density) * Math.Log2(1 - density));
}
