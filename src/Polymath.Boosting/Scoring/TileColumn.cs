namespace Polymath.Boosting;

/// <summary>What a column of a tile holds.</summary>
/// <param name="Feature">Column of the features, from <see cref="FeatureMatrix.Width"/> on one of the task's.</param>
/// <param name="Categories">For ids, how many there are; a missing one becomes this. 0 for numbers.</param>
internal readonly record struct TileColumn(int Feature, int Categories);
