using Polymath.Data;
using Polymath.Onnx.Format;
using Polymath.Onnx.Graphs;

namespace Polymath.Onnx.Columns;

/// <summary>
/// A date as the encoder takes it, given as seconds since 1970-01-01 00:00 on the clock of the table; NaN is a missing date. Text is no date here,
/// since operators cannot read it.
/// </summary>
internal static class DateGraph
{
    private const double SecondsPerDay = 86400, SecondsPerHour = 3600;

    // From 0001-01-01 to 1970-01-01, and the mean length of a year.
    private const double DaysBefore1970 = 719162, DaysPerYear = 365.2425;

    // 1970-01-01 was a Thursday, and Sunday is 0.
    private const double FirstWeekday = 4;

    // Days of a common year before the second, third ... twelfth month, and which of them a leap day moves.
    private static readonly double[] s_monthStarts = [31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    private static readonly double[] s_afterLeapDay = [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];

    /// <summary>Adds the features of a column to a list.</summary>
    public static void Add(DateInput input, string column, GraphBuilder graph, List<string> features)
    {
        string missing = graph.Add("IsNaN", [column]);
        string days = graph.Add("Floor", [graph.Add("Div", [column, graph.Scalar(SecondsPerDay)])]);
        string seconds = graph.Add("Sub", [column, graph.Add("Mul", [days, graph.Scalar(SecondsPerDay)])]);
        string day = graph.Add("Add", [days, graph.Scalar(DaysBefore1970)]), year = Year(day, graph);
        string dayOfYear = graph.Add("Sub", [day, DaysBefore(year, graph)]);
        foreach ((string name, TargetScale scale) in input.PartScales)
        {
            string part = name switch
            {
                "year" => year,
                "month" => Month(year, dayOfYear, graph),
                "day of week" => Weekday(days, graph),
                "day of year" => graph.Add("Add", [dayOfYear, graph.Scalar(1.0)]),
                "hour" => graph.Add("Div", [seconds, graph.Scalar(SecondsPerHour)]),
                _ => throw new OnnxException($"column '{input.Name}': the part '{name}' of a date has no counterpart in an ONNX graph here."),
            };

            // The encoder keeps parts as floats before it standardises them.
            string kept = graph.Cast(graph.Cast(part, OnnxType.Single), OnnxType.Double);
            features.Add(NumericGraph.Fill(missing, NumericGraph.Standardise(kept, scale, graph), input.Missing, graph));
        }

        if (input.HasIndicator) features.Add(graph.Cast(missing, OnnxType.Single));
    }

    /// <summary>The year that holds a day: the mean length of a year guesses it to within one.</summary>
    private static string Year(string day, GraphBuilder graph)
    {
        string guess = graph.Add("Add", [graph.Add("Floor", [graph.Add("Div", [day, graph.Scalar(DaysPerYear)])]), graph.Scalar(1.0)]);
        string ended = graph.Cast(graph.Add("LessOrEqual", [DaysBefore(Next(guess, graph), graph), day]), OnnxType.Double);
        string later = graph.Cast(graph.Add("Greater", [DaysBefore(guess, graph), day]), OnnxType.Double);
        return graph.Add("Sub", [graph.Add("Add", [guess, ended]), later]);
    }

    /// <summary>Days from 0001-01-01 to the first of a year y: 365 (y - 1), and a leap day every 4 but not every 100 but every 400 years.</summary>
    private static string DaysBefore(string year, GraphBuilder graph)
    {
        string past = graph.Add("Sub", [year, graph.Scalar(1.0)]);
        string days = graph.Add("Add", [graph.Add("Mul", [past, graph.Scalar(365.0)]), Whole(4)]);
        return graph.Add("Add", [graph.Add("Sub", [days, Whole(100)]), Whole(400)]);

        string Whole(double years) => graph.Add("Floor", [graph.Add("Div", [past, graph.Scalar(years)])]);
    }

    /// <summary>1 and the number of months that have begun since January.</summary>
    private static string Month(string year, string dayOfYear, GraphBuilder graph)
    {
        string length = graph.Add("Sub", [DaysBefore(Next(year, graph), graph), DaysBefore(year, graph)]), leap = graph.Add("Sub", [length, graph.Scalar(365.0)]);
        string starts = graph.Add("Add", [graph.Add("Mul", [graph.Doubles([1, s_afterLeapDay.Length], s_afterLeapDay), leap]), graph.Doubles([1, s_monthStarts.Length], s_monthStarts)]);
        string begun = graph.Cast(graph.Add("LessOrEqual", [starts, dayOfYear]), OnnxType.Double);
        return graph.Add("Add", [graph.Add("ReduceSum", [begun, graph.List(1)], new OnnxAttribute("keepdims", 1)), graph.Scalar(1.0)]);
    }

    private static string Weekday(string days, GraphBuilder graph)
    {
        string shifted = graph.Add("Add", [days, graph.Scalar(FirstWeekday)]);
        return graph.Add("Sub", [shifted, graph.Add("Mul", [graph.Add("Floor", [graph.Add("Div", [shifted, graph.Scalar(7.0)])]), graph.Scalar(7.0)])]);
    }

    private static string Next(string year, GraphBuilder graph) => graph.Add("Add", [year, graph.Scalar(1.0)]);
}
