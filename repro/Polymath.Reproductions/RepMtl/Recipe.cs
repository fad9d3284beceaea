namespace Polymath.Reproductions.RepMtl;

/// <summary>A way to train the network of all tasks.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Log">Whether the objectives are the logarithms of the losses.</param>
/// <param name="Tsr">lambda_tsr.</param>
/// <param name="Csa">lambda_csa.</param>
/// <param name="PaperGain">Delta_p on NYUv2 in the paper, percent; null when it has no such row.</param>
internal sealed record Recipe(string Name, bool Log, float Tsr, float Csa, double? PaperGain = null)
{
    private const float Lambda = 0.9f;

    /// <summary>The sum of the losses.</summary>
    public static Recipe Equal { get; } = new("EW", false, 0, 0, -1.78);

    /// <summary>The sum of their logarithms.</summary>
    public static Recipe Logarithms { get; } = new("EW + log", true, 0, 0);

    /// <summary>With the entropy only.</summary>
    public static Recipe OnlyTsr { get; } = new("EW + log + TSR", true, Lambda, 0, 0.23);

    /// <summary>With the alignment only.</summary>
    public static Recipe OnlyCsa { get; } = new("EW + log + CSA", true, 0, Lambda, 1.06);

    /// <summary>Rep-MTL.</summary>
    public static Recipe Both { get; } = new("Rep-MTL (both)", true, Lambda, Lambda, 1.70);

    /// <summary>In the order of the table.</summary>
    public static Recipe[] All { get; } = [Equal, Logarithms, OnlyTsr, OnlyCsa, Both];
}
