namespace Polymath.Boosting;

/// <summary>
/// Trees as flat arrays that kernels run over. A small tree is not walked: every row starts with the bits of all leaves, each split that sends it right takes
/// the leaves on its left away, and the highest bit left is the row's leaf (after Lucchese et al. 2015, "QuickScorer"). All splits are looked at, but 16 rows at
/// a time, without a branch and without a gather. A mask has 32 bits, so a tree takes a pass for every 32 leaves; a huge one is walked.
/// </summary>
internal sealed class CompiledForest
{
    /// <summary>Most leaves of a tree that is masked.</summary>
    public const int MostMasked = 1024;

    private const int MaskBits = 32, LeastWords = 16;

    private readonly Dictionary<TileColumn, int> _columnOf = [];
    private readonly List<TileColumn> _columns = [];
    private readonly List<CompiledTree> _trees = [];
    private readonly List<MaskPass> _passes = [];
    private readonly List<MaskNode> _nodes = [];
    private readonly List<MaskSetNode> _setNodes = [];
    private readonly List<WalkNode> _walk = [];
    private readonly List<uint> _sets = [];
    private readonly List<double> _values = [];

    /// <summary>The columns that trees look at, in the order of a tile.</summary>
    public TileColumn[] Columns { get; private set; } = [];

    /// <summary>All trees.</summary>
    public CompiledTree[] Trees { get; private set; } = [];

    /// <summary>Passes of trees that are masked.</summary>
    public MaskPass[] Passes { get; private set; } = [];

    /// <summary>Splits on numbers.</summary>
    public MaskNode[] Nodes { get; private set; } = [];

    /// <summary>Splits on categories.</summary>
    public MaskSetNode[] SetNodes { get; private set; } = [];

    /// <summary>Nodes of trees that are walked.</summary>
    public WalkNode[] Walk { get; private set; } = [];

    /// <summary>Sets of categories; 16 words may be read from the beginning of each.</summary>
    public uint[] Sets { get; private set; } = [];

    /// <summary>Leaf values times the learning rate.</summary>
    public double[] Values { get; private set; } = [];

    /// <summary>Adds trees and returns where they begin and end.</summary>
    public Range Add(IEnumerable<Tree> trees, IReadOnlyList<FeatureDescription> features, double rate)
    {
        int begin = _trees.Count;
        foreach (Tree tree in trees) _trees.Add(tree.Leaves <= MostMasked ? Mask(tree, features, rate) : Chain(tree, features, rate));
        return begin.._trees.Count;
    }

    /// <summary>Ends the building.</summary>
    public void Seal()
    {
        _sets.AddRange(new uint[LeastWords]);
        (Columns, Trees, Passes, Nodes, SetNodes, Walk, Sets, Values) = ([.. _columns], [.. _trees], [.. _passes], [.. _nodes], [.. _setNodes], [.. _walk], [.. _sets], [.. _values]);
    }

    private CompiledTree Mask(Tree tree, IReadOnlyList<FeatureDescription> features, double rate)
    {
        (int[] order, (int From, int To)[] left) = LeavesFromLeft(tree);
        int values = _values.Count, first = _passes.Count;
        foreach (int leaf in order)
        {
            foreach (double value in tree.Values(leaf)) _values.Add(rate * value);
        }

        for (int leaf = 0; leaf < tree.Leaves; leaf += MaskBits) _passes.Add(Pass(tree, features, left, leaf));
        return new CompiledTree(tree.Outputs, values, _passes.Count - first, first);
    }

    /// <summary>The splits with leaves from <paramref name="start"/> on among the 32 of a mask on their left.</summary>
    private MaskPass Pass(Tree tree, IReadOnlyList<FeatureDescription> features, (int From, int To)[] left, int start)
    {
        int begin = _nodes.Count, setBegin = _setNodes.Count, missingRight = begin;
        foreach (bool toLeft in (ReadOnlySpan<bool>)[true, false])
        {
            missingRight = toLeft ? begin : _nodes.Count;
            for (int i = 0; i < left.Length; i++)
            {
                TreeSplit split = tree.Splits[i];
                uint keep = ~(Below(left[i].From - start) & ~Below(left[i].To - start));
                if (keep == uint.MaxValue || split.MissingLeft != toLeft) continue;
                if (split.LeftCategories is { } set)
                {
                    int categories = features[split.Feature].Categories;
                    _setNodes.Add(new MaskSetNode(Column(split.Feature, categories), Set(set, categories, toLeft), Words(categories), keep));
                }
                else
                {
                    _nodes.Add(new MaskNode(Column(split.Feature, 0), split.Threshold, keep));
                }
            }
        }

        return new MaskPass(begin, missingRight, _nodes.Count, setBegin, _setNodes.Count);
    }

    /// <summary>The bits of the leaves from a number on; leaf 0 is the highest bit.</summary>
    private static uint Below(int leaf) => leaf <= 0 ? uint.MaxValue : leaf >= MaskBits ? 0 : uint.MaxValue >> leaf;

    private CompiledTree Chain(Tree tree, IReadOnlyList<FeatureDescription> features, double rate)
    {
        int values = _values.Count, root = _walk.Count;
        foreach (double value in tree.LeafValues) _values.Add(rate * value);
        _walk.Add(default);
        var open = new Stack<(int Node, int At)>();
        open.Push((0, root));
        while (open.TryPop(out (int Node, int At) next))
        {
            if (next.Node < 0)
            {
                _walk[next.At] = new WalkNode(0, float.PositiveInfinity, next.At, WalkNode.FirstLeaf - ~next.Node);
                continue;
            }

            TreeSplit split = tree.Splits[next.Node];
            int child = _walk.Count, categories = split.LeftCategories is null ? 0 : features[split.Feature].Categories;
            int kind = split.LeftCategories is { } set ? Set(set, categories, split.MissingLeft) : split.MissingLeft ? WalkNode.MissingLeft : WalkNode.MissingRight;
            _walk[next.At] = new WalkNode(Column(split.Feature, categories), split.Threshold, child, kind);
            _walk.Add(default);
            _walk.Add(default);
            open.Push((split.Left, child));
            open.Push((split.Right, child + 1));
        }

        return new CompiledTree(tree.Outputs, values, 0, root);
    }

    private int Column(int feature, int categories)
    {
        var column = new TileColumn(feature, categories);
        if (_columnOf.TryGetValue(column, out int at)) return at * RowTile.Rows;
        _columnOf[column] = _columns.Count;
        _columns.Add(column);
        return (_columns.Count - 1) * RowTile.Rows;
    }

    private static int Words(int categories) => (categories / MaskBits) + 1;

    /// <summary>Settles every id: those that the split does not know go with the missing ones, whose id is the number of categories.</summary>
    private int Set(IReadOnlyList<ulong> set, int categories, bool missingLeft)
    {
        int at = _sets.Count;
        uint[] words = new uint[Words(categories)];
        for (int id = 0; id <= categories; id++)
        {
            bool left = id < categories && id >> 6 < set.Count ? ((set[id >> 6] >> (id & 63)) & 1) != 0 : missingLeft;
            if (left) words[id / MaskBits] |= 1u << (id % MaskBits);
        }

        _sets.AddRange(words);
        return at;
    }

    /// <summary>The leaves from left to right, and for every split the places of the leaves on its left.</summary>
    private static (int[] Order, (int From, int To)[] Left) LeavesFromLeft(Tree tree)
    {
        var order = new List<int>();
        var left = new (int From, int To)[tree.Splits.Count];
        var open = new Stack<(int Node, bool LeftDone)>();
        open.Push((left.Length > 0 ? 0 : ~0, false));
        while (open.TryPop(out (int Node, bool LeftDone) next))
        {
            if (next.Node < 0)
            {
                order.Add(~next.Node);
            }
            else if (next.LeftDone)
            {
                left[next.Node].To = order.Count;
                open.Push((tree.Splits[next.Node].Right, false));
            }
            else
            {
                left[next.Node].From = order.Count;
                open.Push((next.Node, true));
                open.Push((tree.Splits[next.Node].Left, false));
            }
        }

        return ([.. order], left);
    }
}
