namespace Polymath.Merging.Execution;

/// <summary>A finished file of tensors.</summary>
/// <param name="Name">Its name in the output folder.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its checksum, in lower-case hexadecimal digits.</param>
/// <param name="Resumed">Whether it was finished by an earlier, interrupted merge and only verified by this one.</param>
public sealed record MergedFile(string Name, long Bytes, string Sha256, bool Resumed);
