namespace Polymath.Reproductions.Balancing;

/// <summary>Traces the borders of {f &lt;= level} on a grid: marching squares with linear interpolation along the grid's edges.</summary>
internal static class ContourTracer
{
    /// <summary>Closed loops around the region; with the even-odd rule they fill it. The rim of the grid counts as outside.</summary>
    /// <param name="values">f at the grid points, <c>[rows, columns]</c>.</param>
    /// <param name="level">The level.</param>
    /// <returns>Points as (column, row) in grid units.</returns>
    public static List<List<(double X, double Y)>> Trace(double[,] values, double level)
    {
        int rows = values.GetLength(0), columns = values.GetLength(1);
        bool Inside(int row, int column) => row > 0 && column > 0 && row < rows - 1 && column < columns - 1 && values[row, column] <= level;

        // An edge is named by its first grid point and its direction. Every border crosses an edge once, so each has one successor.
        var next = new Dictionary<(int Row, int Column, bool Down), (int Row, int Column, bool Down)>();
        for (int row = 0; row < rows - 1; row++)
        {
            for (int column = 0; column < columns - 1; column++)
            {
                ReadOnlySpan<bool> corners = [Inside(row, column), Inside(row, column + 1), Inside(row + 1, column + 1), Inside(row + 1, column)];
                ReadOnlySpan<(int, int, bool)> edges = [(row, column, false), (row, column + 1, true), (row + 1, column, false), (row, column, true)];
                Connect(corners, edges, next, joined: Centre(values, row, column) <= level);
            }
        }

        var loops = new List<List<(double X, double Y)>>();
        while (next.Count > 0)
        {
            var loop = new List<(double X, double Y)>();
            (int Row, int Column, bool Down) edge = next.Keys.First();
            while (next.Remove(edge, out (int Row, int Column, bool Down) following))
            {
                loop.Add(Crossing(values, level, edge, Inside));
                edge = following;
            }

            loops.Add(loop);
        }

        return loops;
    }

    // Around a cell a stretch of corners inside begins at an edge that enters and ends at one that leaves; the border runs from the first to
    // the second. In a saddle (two stretches) with the centre inside, it runs from each entering edge to the other stretch's leaving edge.
    private static void Connect(ReadOnlySpan<bool> corners, ReadOnlySpan<(int, int, bool)> edges, Dictionary<(int, int, bool), (int, int, bool)> next, bool joined)
    {
        bool saddle = corners[0] == corners[2] && corners[1] == corners[3] && corners[0] != corners[1];
        for (int enter = 0; enter < 4; enter++)
        {
            if (corners[enter] || !corners[(enter + 1) % 4]) continue;
            int leave = (enter + 1) % 4;
            while (!corners[leave] || corners[(leave + 1) % 4]) leave = (leave + 1) % 4;
            next[edges[enter]] = edges[saddle && joined ? (leave + 2) % 4 : leave];
        }
    }

    private static double Centre(double[,] values, int row, int column) => (values[row, column] + values[row, column + 1] + values[row + 1, column] + values[row + 1, column + 1]) / 4;

    private static (double X, double Y) Crossing(double[,] values, double level, (int Row, int Column, bool Down) edge, Func<int, int, bool> inside)
    {
        (int row, int column, bool down) = edge;
        (int row2, int column2) = down ? (row + 1, column) : (row, column + 1);
        double a = values[row, column] - level, b = values[row2, column2] - level;

        // Beside the rim both values may be inside.
        double t = (a <= 0) != (b <= 0) ? a / (a - b) : inside(row, column) ? 1 : 0;
        return down ? (column, row + t) : (column + t, row);
    }
}
