namespace Polymath.Boosting;

/// <summary>A split on a number: a row that goes right cannot end in the leaves on the left, whose bits are 0 in <see cref="Keep"/>.</summary>
internal readonly record struct MaskNode(int Column, float Threshold, uint Keep);
