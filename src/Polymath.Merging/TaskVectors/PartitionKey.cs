namespace Polymath.Merging.TaskVectors;

/// <summary>What the random partition of a tensor depends on, beside the seed.</summary>
public enum PartitionKey
{
    /// <summary>Its shape: tensors of one shape share one partition, as in the authors' code of aTLAS.</summary>
    Shape,

    /// <summary>Its name: every tensor has its own.</summary>
    Name,
}
