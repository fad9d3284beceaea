namespace Polymath.Merging.Execution;

/// <summary>How far a merge is.</summary>
/// <param name="Done">Bytes of the output that are written.</param>
/// <param name="Total">Bytes of the whole output.</param>
/// <param name="Tensor">The tensor that was finished last.</param>
/// <param name="File">The file being written.</param>
public readonly record struct MergeProgress(long Done, long Total, string Tensor, string File);
