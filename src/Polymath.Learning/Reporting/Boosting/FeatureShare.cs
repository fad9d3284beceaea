namespace Polymath.Learning.Reporting;

/// <summary>How much of what the trees learned is due to a feature.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Share">Its part of the gain of all splits, in [0, 1].</param>
public sealed record FeatureShare(string Feature, double Share);
