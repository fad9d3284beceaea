using Polymath.Data;
using Polymath.Onnx.Format;
using Polymath.Onnx.Graphs;

namespace Polymath.Onnx.Columns;

/// <summary>z = Phi^-1(F(x)) as <see cref="NormalScores"/> computes it: F from the place of x among the knots, Phi^-1 by algorithm AS 241 (Wichura 1988).</summary>
internal static class NormalScoreGraph
{
    private const double CentreWidth = 0.425, CentreShift = 0.180625, TailShift = 1.6;

    /// <summary>The score of a double <c>[rows, 1]</c>, as a float.</summary>
    public static string Add(NormalScores scores, string value, GraphBuilder graph)
    {
        double[] knots = [.. scores.Knots.Select(knot => (double)knot)];
        string row = graph.Doubles([1, knots.Length], knots), list = graph.Doubles([knots.Length], knots);
        string left = Fraction(Count("Less"), value, list, knots.Length, graph), right = Fraction(Count("LessOrEqual"), value, list, knots.Length, graph);
        string middle = graph.Add("Mul", [graph.Add("Add", [left, right]), graph.Scalar(0.5)]);
        return graph.Cast(InverseNormal(graph.Add("Clip", [middle, graph.Scalar(NormalScores.Edge), graph.Scalar(1 - NormalScores.Edge)]), graph), OnnxType.Single);

        // How many knots are below x: the place of the first that is not.
        string Count(string comparison) => graph.Add("ReduceSum", [graph.Cast(graph.Add(comparison, [row, value]), OnnxType.Int64), graph.List(1)], new OnnxAttribute("keepdims", 1));
    }

    /// <summary>F: 0 before the first knot, 1 after the last, else (low + (x - k_low) / (k_high - k_low)) / (knots - 1) with high the place given.</summary>
    private static string Fraction(string place, string value, string knots, int count, GraphBuilder graph)
    {
        string low = graph.Add("Max", [graph.Add("Sub", [place, graph.Scalar(1L)]), graph.Scalar(0L)]), high = graph.Add("Min", [place, graph.Scalar(count - 1L)]);
        string from = graph.Add("Gather", [knots, low]), to = graph.Add("Gather", [knots, high]);
        string part = graph.Add("Div", [graph.Add("Sub", [value, from]), graph.Add("Sub", [to, from])]);
        string fraction = graph.Add("Div", [graph.Add("Add", [graph.Cast(low, OnnxType.Double), part]), graph.Scalar(count - 1.0)]);
        fraction = graph.Add("Where", [graph.Add("Equal", [place, graph.Scalar(0L)]), graph.Scalar(0.0), fraction]);
        return graph.Add("Where", [graph.Add("Equal", [place, graph.Scalar((long)count)]), graph.Scalar(1.0), fraction]);
    }

    /// <summary>Phi^-1 in the range that the edges leave, where the third of the three approximations is not reached: sqrt(-ln 1e-7) is below 5.</summary>
    private static string InverseNormal(string p, GraphBuilder graph)
    {
        string q = graph.Add("Sub", [p, graph.Scalar(0.5)]), lower = graph.Add("Less", [q, graph.Scalar(0.0)]);
        string r = graph.Add("Sub", [graph.Scalar(CentreShift), graph.Add("Mul", [q, q])]);
        string centre = graph.Add("Mul", [q, Ratio(NormalScores.CentreNumerator, NormalScores.CentreDenominator, r, graph)]);
        string outside = graph.Add("Where", [lower, p, graph.Add("Sub", [graph.Scalar(1.0), p])]);
        string tail = graph.Add("Sub", [graph.Add("Sqrt", [graph.Add("Neg", [graph.Add("Log", [outside])])]), graph.Scalar(TailShift)]);
        string z = Ratio(NormalScores.TailNumerator, NormalScores.TailDenominator, tail, graph);
        string signed = graph.Add("Where", [lower, graph.Add("Neg", [z]), z]);
        return graph.Add("Where", [graph.Add("LessOrEqual", [graph.Add("Abs", [q]), graph.Scalar(CentreWidth)]), centre, signed]);
    }

    private static string Ratio(double[] numerator, double[] denominator, string x, GraphBuilder graph) => graph.Add("Div", [Polynomial(numerator, x, graph), Polynomial(denominator, x, graph)]);

    /// <summary>Horner's rule, as the encoder evaluates it.</summary>
    private static string Polynomial(double[] coefficients, string x, GraphBuilder graph)
    {
        string value = graph.Scalar(coefficients[^1]);
        for (int i = coefficients.Length - 2; i >= 0; i--) value = graph.Add("Add", [graph.Add("Mul", [value, x]), graph.Scalar(coefficients[i])]);
        return value;
    }
}
