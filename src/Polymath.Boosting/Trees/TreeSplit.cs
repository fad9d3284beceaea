namespace Polymath.Boosting;

/// <summary>One split of a <see cref="Tree"/>.</summary>
/// <param name="Feature">Column of the feature.</param>
/// <param name="Threshold">Values up to it go left; the largest float not above the midpoint of the two neighbouring training values. 0 for a category.</param>
/// <param name="MissingLeft">Whether a missing value, and a category unseen here in training, goes left.</param>
/// <param name="Left">Left child: a split, or ~leaf.</param>
/// <param name="Right">Right child: a split, or ~leaf.</param>
/// <param name="Gain">By how much the split lowers the quadratic model of the loss, times 2.</param>
/// <param name="Cover">The weight of training rows that came here.</param>
public sealed record TreeSplit(int Feature, float Threshold, bool MissingLeft, int Left, int Right, double Gain, double Cover)
{
    /// <summary>For a category: bit i says whether id i goes left. Null for a number.</summary>
    public IReadOnlyList<ulong>? LeftCategories
    {
        get => Set;
        init => Set = value is null ? null : [.. value];
    }

    private ulong[]? Set { get; init; }

    /// <summary>Whether a value goes left.</summary>
    /// <param name="value">The value of <see cref="Feature"/>, NaN for missing.</param>
    public bool GoesLeft(float value)
    {
        if (float.IsNaN(value)) return MissingLeft;
        if (Set is null) return value <= Threshold;
        int id = (int)value;
        return id >> 6 < Set.Length ? ((Set[id >> 6] >> (id & 63)) & 1) != 0 : MissingLeft;
    }
}
