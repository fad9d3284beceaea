namespace Polymath.Boosting;

/// <summary>A few rows by column, only the columns that trees look at.</summary>
internal static unsafe class RowTile
{
    /// <summary>Rows of a tile: four vectors of 16.</summary>
    public const int Rows = 64;

    /// <summary>Copies rows into a tile.</summary>
    /// <param name="columns">What each column holds.</param>
    /// <param name="values">The features, row-major.</param>
    /// <param name="width">Features per row.</param>
    /// <param name="oneHot">Whether columns from <paramref name="width"/> on are 0/1, one for each task; else there is one with the task's number.</param>
    /// <param name="rows">Row numbers.</param>
    /// <param name="tasks">Task number of each row of the features; null without tasks.</param>
    /// <param name="tile">Receives a column of <see cref="Rows"/> values for each.</param>
    public static void Fill(ReadOnlySpan<TileColumn> columns, float* values, int width, bool oneHot, ReadOnlySpan<int> rows, int* tasks, float* tile)
    {
        foreach (TileColumn column in columns)
        {
            if (column.Feature >= width) FillTask(column, width, oneHot, rows, tasks, tile);
            else if (column.Categories > 0) FillIds(column, values + column.Feature, width, rows, (int*)tile);
            else for (int i = 0; i < rows.Length; i++) tile[i] = values[((nint)rows[i] * width) + column.Feature];
            tile += Rows;
        }
    }

    private static void FillIds(TileColumn column, float* values, int width, ReadOnlySpan<int> rows, int* tile)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            float value = values[(nint)rows[i] * width];
            tile[i] = float.IsNaN(value) ? column.Categories : (int)value;
        }
    }

    private static void FillTask(TileColumn column, int width, bool oneHot, ReadOnlySpan<int> rows, int* tasks, float* tile)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            int task = tasks[rows[i]];
            if (oneHot) tile[i] = task == column.Feature - width ? 1 : 0;
            else if (column.Categories > 0) ((int*)tile)[i] = task < 0 ? column.Categories : task;
            else tile[i] = task < 0 ? float.NaN : task;
        }
    }
}
