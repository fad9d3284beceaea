namespace Polymath.Boosting;

/// <summary>The labels of consecutive rows.</summary>
/// <param name="Data">The data.</param>
/// <param name="Start">First row.</param>
/// <param name="Count">Number of rows.</param>
/// <param name="First">The target that counts as the first.</param>
internal readonly record struct RowLabels(BoostingData Data, int Start, int Count, int First)
{
    /// <summary>All rows.</summary>
    public static RowLabels All(BoostingData data) => new(data, 0, data.Rows, 0);

    /// <summary>All rows, one target.</summary>
    public static RowLabels Only(BoostingData data, int target) => new(data, 0, data.Rows, target);

    /// <summary>A part of the rows, from <paramref name="start"/> counted within this part.</summary>
    public RowLabels Slice(int start, int count) => new(Data, Start + start, count, First);

    /// <summary>The weights; empty for 1.</summary>
    public ReadOnlySpan<float> Weights => Data.Weights is null ? default : Data.Weights.AsSpan(Start, Count);

    /// <summary>The labels of one target.</summary>
    public ReadOnlySpan<float> Labels(int target) => Data.LabelColumn(First + target).AsSpan(Start, Count);
}
