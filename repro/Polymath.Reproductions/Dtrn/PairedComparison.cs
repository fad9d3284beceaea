namespace Polymath.Reproductions.Dtrn;

/// <summary>Whether one of two measurements with the same seeds is larger.</summary>
internal static class PairedComparison
{
    private const int MostSeeds = 20;

    /// <summary>The differences seed by seed.</summary>
    public static double[] Differences(double[] ours, double[] theirs) => [.. ours.Zip(theirs, (a, b) => a - b)];

    /// <summary>
    /// One-sided exact test by sign flips (Fisher 1935): if neither were larger, every difference could as well have the other sign; the share of the
    /// 2^n choices of signs whose sum is at least the one found. With n seeds it cannot fall below 2^-n.
    /// </summary>
    public static double SignFlipProbability(double[] differences)
    {
        if (differences.Length is 0 or > MostSeeds) throw new ArgumentException($"found {differences.Length} differences, expected 1 to {MostSeeds}.", nameof(differences));
        const double Rounding = 1e-12;
        double found = differences.Sum();
        int least = 0, choices = 1 << differences.Length;
        for (int signs = 0; signs < choices; signs++)
        {
            double sum = 0;
            for (int i = 0; i < differences.Length; i++) sum += (signs >> i & 1) == 0 ? differences[i] : -differences[i];
            if (sum >= found - Rounding) least++;
        }

        return (double)least / choices;
    }
}
