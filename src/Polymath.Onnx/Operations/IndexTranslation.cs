using Polymath.Onnx.Graphs;
using Polymath.Onnx.Tracing;
using Polymath.Tensors;

namespace Polymath.Onnx.Operations;

/// <summary>
/// The ids that operations read, in a graph. Ids are no tensors and models copy them at will: single columns, some columns in another order, with
/// an offset into a joint table. Each column of a copy is found again by its values, which over all runs no two columns of ids share.
/// </summary>
internal sealed class IndexTranslation
{
    private readonly TracedNetwork _network;
    private readonly GraphBuilder _graph;
    private readonly (string? Name, IndexTensor[] Runs)[] _sources;
    private readonly Dictionary<IndexTensor, string> _names = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(IndexTensor, int), string> _columns = [];

    /// <summary>The ids of a network.</summary>
    public IndexTranslation(TracedNetwork network, GraphBuilder graph, NetworkInputs inputs)
    {
        (_network, _graph) = (network, graph);
        _sources =
        [
            (inputs.Categories, [.. network.Runs.Select(run => run.Batch.Categories)]),
            (inputs.SequenceIds, [.. network.Runs.Select(run => run.Batch.SequenceIds ?? new IndexTensor(run.Rows, 0))]),
        ];
    }

    /// <summary>The name of ids.</summary>
    /// <exception cref="OnnxException">They are neither constant nor copies of columns.</exception>
    public string NameOf(IndexTensor[] ids)
    {
        if (_names.TryGetValue(ids[0], out string? known)) return known;
        return _names[ids[0]] = Find(ids);
    }

    /// <summary>The name of one column <c>[rows]</c> of ids <c>[rows, columns]</c>.</summary>
    public string ColumnOf(IndexTensor[] ids, int column)
    {
        if (_columns.TryGetValue((ids[0], column), out string? known)) return known;
        return _columns[(ids[0], column)] = _graph.Add("Gather", [NameOf(ids), _graph.Scalar((long)column)], new Format.OnnxAttribute("axis", 1));
    }

    private string Find(IndexTensor[] ids)
    {
        foreach ((string? name, IndexTensor[] runs) in _sources)
        {
            if (name is not null && Enumerable.Range(0, ids.Length).All(run => ReferenceEquals(runs[run], ids[run]))) return name;
        }

        if (TracedNetwork.AreConstant(ids)) return _graph.Integers([.. ids[0].Shape.Axis.ToArray().Select(length => (long)length)], [.. ids[0].Span.ToArray().Select(id => (long)id)]);
        int[] rows = [.. _network.Runs.Select(run => run.Rows)];
        Dimension?[] shape = [.. Enumerable.Range(0, ids[0].Shape.Rank).Select(axis => Dimension.Of([.. ids.Select(run => run.Shape[axis])], rows))];
        if (shape.Length == 0 || shape[0] is not { FollowsRows: true } || Array.Exists(shape, axis => axis is null)) throw Unknown(ids[0]);
        int width = ids[0].Shape.Length / rows[0];
        var columns = new (int Source, int Column, int Offset)[width];
        for (int column = 0; column < width; column++) columns[column] = Match(ids, column, width) ?? throw Unknown(ids[0]);
        string found = Join(columns);
        return shape.Length == 2 && shape[0]!.Value.PerRow == 1 ? found : _graph.Reshape(found, [.. shape.Select(axis => axis!.Value)]);
    }

    /// <summary>The columns side by side, <c>[rows, columns]</c>.</summary>
    private string Join((int Source, int Column, int Offset)[] columns)
    {
        var parts = new List<string>();
        for (int start = 0; start < columns.Length;)
        {
            int end = start, source = columns[start].Source;
            while (end < columns.Length && columns[end].Source == source) end++;
            string picked = _graph.Add("Gather", [_sources[source].Name!, _graph.List([.. columns[start..end].Select(column => (long)column.Column)])], new Format.OnnxAttribute("axis", 1));
            parts.Add(picked);
            start = end;
        }

        string joined = parts.Count == 1 ? parts[0] : _graph.Add("Concat", [.. parts], new Format.OnnxAttribute("axis", 1));
        return Array.TrueForAll(columns, column => column.Offset == 0) ? joined : _graph.Add("Add", [joined, _graph.List([.. columns.Select(column => (long)column.Offset)])]);
    }

    private (int Source, int Column, int Offset)? Match(IndexTensor[] ids, int column, int width)
    {
        for (int source = 0; source < _sources.Length; source++)
        {
            if (_sources[source].Name is null) continue;
            int columns = _sources[source].Runs[0].Shape[1];
            for (int candidate = 0; candidate < columns; candidate++)
            {
                int offset = ids[0].Span[column] - _sources[source].Runs[0].Span[candidate];
                if (Enumerable.Range(0, ids.Length).All(run => IsCopy(ids[run], column, width, _sources[source].Runs[run], candidate, offset))) return (source, candidate, offset);
            }
        }

        return null;
    }

    private static bool IsCopy(IndexTensor ids, int column, int width, IndexTensor source, int candidate, int offset)
    {
        int columns = source.Shape[1];
        for (int row = 0; row < source.Shape[0]; row++)
        {
            if (ids.Span[(row * width) + column] != source.Span[(row * columns) + candidate] + offset) return false;
        }

        return true;
    }

    private static OnnxException Unknown(IndexTensor ids) => new($"ids {ids.Shape} are computed from the inputs by other means than copying columns of ids and adding a number, so an ONNX graph cannot hold them.");
}
