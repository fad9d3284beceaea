namespace Polymath.Reproductions;

/// <summary>One thing the paper says, as a sentence that held or did not.</summary>
/// <param name="Sentence">What is claimed: "nash: mean R2 above 0.75".</param>
/// <param name="Holds">Whether it held in this run.</param>
/// <param name="Measured">The numbers behind that: "0.85 ± 0.01".</param>
/// <param name="Required">Whether the run fails without it; the others are reported as holding or not at this scale.</param>
public sealed record ReproductionAssertion(string Sentence, bool Holds, string Measured, bool Required = true)
{
    /// <summary>"holds", "does not hold", or for what is not required "does not hold at this scale".</summary>
    public string Verdict => Holds ? "holds" : Required ? "does not hold" : "does not hold at this scale";
}
