namespace Polymath.Boosting;

/// <summary>The worth of a feature.</summary>
/// <param name="Feature">Its name.</param>
/// <param name="Value">Its worth, in the unit of what was asked for.</param>
/// <param name="Deviation">Standard deviation of the value over repeats; 0 where nothing is random.</param>
public readonly record struct FeatureImportance(string Feature, double Value, double Deviation = 0);
