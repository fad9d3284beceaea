namespace Polymath.Learning.Training;

/// <summary>Rows that can be gathered into batches, and the labels of all rows for evaluation.</summary>
public abstract class Dataset
{
    /// <summary>Number of rows.</summary>
    public abstract int Rows { get; }

    /// <summary>The rows with these numbers, in this order; tensors are made on the current tape.</summary>
    public abstract Batch Gather(ReadOnlySpan<int> rows);

    /// <summary>The label of one row for one task as the model is trained on it; NaN when not observed.</summary>
    public abstract float Label(int row, int task);
}
