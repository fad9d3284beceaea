namespace Polymath.Tensors;

/// <summary>
/// The tasks for which a cotangent is structurally non-zero, in increasing order: row i of the stacked cotangent belongs to task
/// <c>Rows[i]</c>. A task's head carries one row, the shared trunk all of them.
/// </summary>
internal sealed class RowSet
{
    private readonly Dictionary<RowSet, RowSet> _unions = [];
    private readonly Dictionary<RowSet, IndexTensor> _positions = [];

    private RowSet(int[] rows) => Rows = rows;

    public int[] Rows { get; }

    public int Count => Rows.Length;

    /// <summary>Where the rows lie in a larger set; found once for each.</summary>
    public IndexTensor PositionsIn(RowSet all)
    {
        if (_positions.TryGetValue(all, out IndexTensor? known)) return known;
        int[] positions = new int[Count];
        for (int i = 0, at = 0; i < Count; i++)
        {
            while (all.Rows[at] != Rows[i]) at++;
            positions[i] = at;
        }

        return _positions[all] = IndexTensor.FromArray(positions);
    }

    /// <summary>Interns row sets, so that equality is identity and a warmed-up pass makes none.</summary>
    internal sealed class Table
    {
        private readonly List<RowSet> _all = [];
        private readonly List<RowSet> _singles = [];
        private readonly List<RowSet> _ranges = [];

        public RowSet Single(int row)
        {
            while (_singles.Count <= row) _singles.Add(Intern([_singles.Count]));
            return _singles[row];
        }

        public RowSet Range(int count)
        {
            while (_ranges.Count <= count) _ranges.Add(Intern([.. Enumerable.Range(0, _ranges.Count)]));
            return _ranges[count];
        }

        public RowSet Union(RowSet a, RowSet b)
        {
            if (ReferenceEquals(a, b)) return a;
            if (!a._unions.TryGetValue(b, out RowSet? union))
            {
                union = Intern([.. a.Rows.Union(b.Rows).Order()]);
                a._unions[b] = union;
            }

            return union;
        }

        private RowSet Intern(int[] rows)
        {
            foreach (RowSet known in _all)
            {
                if (known.Rows.AsSpan().SequenceEqual(rows)) return known;
            }

            var set = new RowSet(rows);
            _all.Add(set);
            return set;
        }
    }
}
