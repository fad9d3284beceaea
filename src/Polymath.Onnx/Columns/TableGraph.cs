using Polymath.Data;
using Polymath.Onnx.Graphs;
using Polymath.Onnx.Operations;
using Polymath.Tabular;

namespace Polymath.Onnx.Columns;

/// <summary>An encoder as part of a graph: one input per column of the table.</summary>
internal static class TableGraph
{
    /// <summary>Adds the columns and what turns them into the inputs of a network.</summary>
    public static NetworkInputs Add(TableEncoder encoder, FeatureSchema schema, GraphBuilder graph) => throw new NotImplementedException();
}
