namespace Polymath.Boosting;

/// <summary>
/// A node of a tree that is walked. The children are <see cref="Child"/> and the node after it; a leaf is its own left child and sends all rows there.
/// <see cref="Kind"/> is a set of categories from 0 on, <see cref="MissingLeft"/>, <see cref="MissingRight"/>, or <see cref="FirstLeaf"/> - leaf.
/// </summary>
internal readonly record struct WalkNode(int Column, float Threshold, int Child, int Kind)
{
    public const int MissingLeft = -1, MissingRight = -2, FirstLeaf = -3;
}
