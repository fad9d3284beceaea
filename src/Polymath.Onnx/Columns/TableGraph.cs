using Polymath.Data;
using Polymath.Onnx.Format;
using Polymath.Onnx.Graphs;
using Polymath.Onnx.Operations;

namespace Polymath.Onnx.Columns;

/// <summary>
/// An encoder as part of a graph: one input <c>[rows, 1]</c> per column of the table, under the column's name, and <c>[rows, longest length]</c> for a
/// column of lists, with the most recent items in order and empty texts behind them.
/// </summary>
internal static class TableGraph
{
    /// <summary>Adds the columns and what turns them into the inputs of a network.</summary>
    /// <exception cref="OnnxException">A column has no counterpart.</exception>
    public static NetworkInputs Add(TableEncoder encoder, GraphBuilder graph)
    {
        // All inputs first: the number of rows is read off the first one.
        string[] columns = [.. encoder.Inputs.Select(input => graph.Input(input.Name, TypeOf(input), input is SequenceInput list ? list.Field.MaxLength : 1))];
        var numbers = new List<string>();
        var ids = new List<string>();
        var items = new List<string>();
        var masks = new List<string>();
        for (int i = 0; i < columns.Length; i++)
        {
            switch (encoder.Inputs[i])
            {
                case NumericInput numeric: NumericGraph.Add(numeric, columns[i], graph, numbers); break;
                case DateInput date: DateGraph.Add(date, columns[i], graph, numbers); break;
                case CategoricalInput categorical: ids.Add(Lookup(categorical, columns[i], graph)); break;
                case SequenceInput list: List((CategoricalInput)list.Vocabulary, columns[i], graph, items, masks); break;
            }
        }

        return new NetworkInputs(Join(numbers, graph), Join(ids, graph), Join(items, graph), Join(masks, graph));
    }

    private static OnnxType TypeOf(InputColumn input) => input switch
    {
        NumericInput => OnnxType.Single,
        DateInput => OnnxType.Double,
        CategoricalInput or SequenceInput { Vocabulary: CategoricalInput } => OnnxType.Text,
        _ => throw new OnnxException($"column '{input.Name}' is read in a way that has no counterpart in an ONNX graph; export the network alone (--encoded), which takes encoded inputs."),
    };

    /// <summary>A list of texts, one per place, to ids and a mask: the empty text is padding behind the last item, what is unknown has id 0.</summary>
    private static void List(CategoricalInput vocabulary, string column, GraphBuilder graph, List<string> items, List<string> masks)
    {
        const long Padding = -1;
        string[] texts = [.. vocabulary.Categories.Where(text => text.Length > 0), string.Empty];
        long[] ids = [.. texts.Select(text => text.Length == 0 ? Padding : vocabulary.IdOf(text))];
        string found = graph.Add("LabelEncoder", GraphBuilder.LearningDomain, [column], new OnnxAttribute("keys_strings", texts), new OnnxAttribute("values_int64s", ids), new OnnxAttribute("default_int64", 0L));
        items.Add(graph.Add("Max", [found, graph.Scalar(0L)]));
        masks.Add(graph.Cast(graph.Add("GreaterOrEqual", [found, graph.Scalar(0L)]), OnnxType.Single));
    }

    /// <summary>Texts to ids: what is unknown has id 0, and the empty text is a missing value.</summary>
    private static string Lookup(CategoricalInput input, string column, GraphBuilder graph)
    {
        var texts = new List<string>(input.Categories);
        var ids = new List<long>(Enumerable.Range(input.FirstId, texts.Count).Select(id => (long)id));
        if (input.HasMissing && !texts.Contains(string.Empty))
        {
            texts.Add(string.Empty);
            ids.Add(1);
        }

        return texts.Count == 0
            ? graph.Add("Expand", [graph.Scalar(0L), graph.Add("Shape", [column])])
            : graph.Add("LabelEncoder", GraphBuilder.LearningDomain, [column], new OnnxAttribute("keys_strings", texts), new OnnxAttribute("values_int64s", [.. ids]), new OnnxAttribute("default_int64", 0L));
    }

    private static string? Join(List<string> parts, GraphBuilder graph)
        => parts.Count == 0 ? null : parts.Count == 1 ? parts[0] : graph.Add("Concat", [.. parts], new OnnxAttribute("axis", 1));
}
