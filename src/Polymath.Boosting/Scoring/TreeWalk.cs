namespace Polymath.Boosting;

/// <summary>Walks a large tree with all rows of a tile side by side, so that their loads overlap.</summary>
internal static unsafe class TreeWalk
{
    /// <summary>The leaf of each row.</summary>
    /// <param name="nodes">All nodes.</param>
    /// <param name="root">The root of the tree.</param>
    /// <param name="sets">Sets of categories.</param>
    /// <param name="tile">Columns of <see cref="RowTile.Rows"/> values.</param>
    /// <param name="rows">Rows in use.</param>
    /// <param name="leaves">Receives the leaf of each row.</param>
    public static void Run(WalkNode* nodes, int root, uint* sets, float* tile, int rows, int* leaves)
    {
        for (int row = 0; row < rows; row++) leaves[row] = root;
        int moved;
        do
        {
            moved = 0;
            for (int row = 0; row < rows; row++)
            {
                int at = leaves[row];
                WalkNode* node = nodes + at;
                float x = tile[node->Column + row];
                int next;
                if (node->Kind >= 0)
                {
                    int id = BitConverter.SingleToInt32Bits(x);
                    next = node->Child + 1 - (int)((sets[node->Kind + (id >> 5)] >> (id & 31)) & 1);
                }
                else
                {
                    next = node->Child + (x > node->Threshold ? 1 : 0) + ((float.IsNaN(x) ? 1 : 0) & (node->Kind == WalkNode.MissingRight ? 1 : 0));
                }

                moved |= next ^ at;
                leaves[row] = next;
            }
        }
        while (moved != 0);
        for (int row = 0; row < rows; row++) leaves[row] = WalkNode.FirstLeaf - nodes[leaves[row]].Kind;
    }
}
