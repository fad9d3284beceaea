namespace Polymath.Boosting;

/// <summary>One column of a <see cref="FeatureMatrix"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Categories">0 for a number; for a category, how many ids there are: values are whole numbers in [0, Categories).</param>
public sealed record FeatureDescription(string Name, int Categories = 0)
{
    /// <summary>Whether the values are ids of categories, which have no order.</summary>
    public bool IsCategorical => Categories > 0;
}
