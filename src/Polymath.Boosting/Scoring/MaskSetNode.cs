namespace Polymath.Boosting;

/// <summary>A split on a category: bit i of the words from <see cref="Set"/> on says whether id i goes left.</summary>
internal readonly record struct MaskSetNode(int Column, int Set, int Words, uint Keep);
