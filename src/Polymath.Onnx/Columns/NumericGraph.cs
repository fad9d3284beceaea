using Polymath.Data;
using Polymath.Onnx.Format;
using Polymath.Onnx.Graphs;

namespace Polymath.Onnx.Columns;

/// <summary>A number as the encoder takes it; NaN is a missing value. Computed in doubles, as the encoder does, so that features have the same bits.</summary>
internal static class NumericGraph
{
    /// <summary>Adds the features of a column to a list.</summary>
    public static void Add(NumericInput input, string column, GraphBuilder graph, List<string> features)
    {
        string missing = graph.Add("IsNaN", [column]);
        string value = input.Transform switch
        {
            NumericTransform.Standardise => Standardise(graph.Cast(column, OnnxType.Double), input.Scale, graph),
            NumericTransform.Quantile => NormalScoreGraph.Add(input.Scores!, graph.Cast(column, OnnxType.Double), graph),
            _ => column,
        };
        features.Add(Fill(missing, value, input.Missing, graph));
        if (input.HasIndicator) features.Add(graph.Cast(missing, OnnxType.Single));
    }

    /// <summary>(value - mean) / deviation of a double, as a float.</summary>
    public static string Standardise(string value, TargetScale scale, GraphBuilder graph)
        => graph.Cast(graph.Add("Div", [graph.Add("Sub", [value, graph.Scalar(scale.Mean)]), graph.Scalar(scale.Deviation)]), OnnxType.Single);

    /// <summary>A value with another one where it is missing; one that is missing comes out of the operations above as anything.</summary>
    public static string Fill(string missing, string value, float instead, GraphBuilder graph) => graph.Add("Where", [missing, graph.Scalar(instead), value]);
}
