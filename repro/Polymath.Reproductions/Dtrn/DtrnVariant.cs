using Polymath.Tabular;

namespace Polymath.Reproductions.Dtrn;

/// <summary>DTRN with some of its parts.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Tim">Whether every task reads the sequences in its own way.</param>
/// <param name="Trm">Whether every task weighs fields and interests in its own way.</param>
/// <param name="Head">What reads the representations.</param>
/// <param name="Reference">Mean AUC of an independent implementation over its two seeds; null where it has none.</param>
internal sealed record DtrnVariant(string Name, bool Tim, bool Trm, DtrnHead Head = DtrnHead.Towers, double? Reference = null)
{
    /// <summary>One encoder for all tasks, which knows the behaviour only, and no refinement.</summary>
    public static DtrnVariant Neither { get; } = new("shared encoder", false, false, Reference: 0.8249);

    /// <summary>With the interest module.</summary>
    public static DtrnVariant OnlyTim { get; } = new("TIM", true, false, Reference: 0.84015);

    /// <summary>With the refinement module.</summary>
    public static DtrnVariant OnlyTrm { get; } = new("TRM", false, true, Reference: 0.82795);

    /// <summary>DTRN.</summary>
    public static DtrnVariant Both { get; } = new("TIM + TRM (DTRN)", true, true, Reference: 0.84415);

    /// <summary>A multi-gate mixture on top, without and with DTRN below.</summary>
    public static (DtrnVariant Without, DtrnVariant With) Mmoe { get; } = (new("MMoE head, shared encoder", false, false, DtrnHead.Mmoe), new("MMoE head, DTRN", true, true, DtrnHead.Mmoe));

    /// <summary>Progressive extraction on top, without and with DTRN below.</summary>
    public static (DtrnVariant Without, DtrnVariant With) Ple { get; } = (new("PLE head, shared encoder", false, false, DtrnHead.Ple), new("PLE head, DTRN", true, true, DtrnHead.Ple));

    /// <summary>Tower heads.</summary>
    public static IReadOnlyList<DtrnVariant> Towers { get; } = [Neither, OnlyTim, OnlyTrm, Both];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<DtrnVariant> All { get; } = [.. Towers, Mmoe.Without, Mmoe.With, Ple.Without, Ple.With];
}
