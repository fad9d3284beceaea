namespace Polymath.Merging.Execution;

/// <summary>What a merge has written.</summary>
/// <param name="Output">The folder or file.</param>
/// <param name="Files">The files of tensors.</param>
/// <param name="Tensors">Number of tensors.</param>
/// <param name="Bytes">Bytes of all tensors.</param>
/// <param name="Warnings">What its author may not expect, a sentence each.</param>
/// <param name="Elapsed">Time from the first read to the last rename.</param>
public sealed record MergeResult(string Output, IReadOnlyList<MergedFile> Files, int Tensors, long Bytes, IReadOnlyList<string> Warnings, TimeSpan Elapsed);
