namespace Polymath.Boosting;

/// <summary>A tree made ready: one or two passes of masks over at most 64 leaves, or a walk.</summary>
/// <param name="Words">32-bit words of a mask, 1 or 2; 0 for a tree that is walked.</param>
/// <param name="Outputs">Values per leaf.</param>
/// <param name="Values">Where its leaf values begin; they are in the order of <see cref="First"/>'s bits, the highest first.</param>
/// <param name="Root">Its root among the nodes that are walked.</param>
/// <param name="First">The splits that decide about its first 32 leaves.</param>
/// <param name="Second">Those that decide about the others.</param>
internal readonly record struct CompiledTree(int Words, int Outputs, int Values, int Root, MaskPass First, MaskPass Second);
