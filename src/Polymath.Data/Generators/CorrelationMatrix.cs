using System.Globalization;

namespace Polymath.Data.Generators;

/// <summary>Reads the correlations of tasks from a text file.</summary>
/// <example><code>
/// // 1, 0.5
/// // 0.5, 1
/// double[,] correlations = CorrelationMatrix.Read("correlations.csv");
/// </code></example>
public static class CorrelationMatrix
{
    private const int MostTasks = 4096;

    /// <summary>A square matrix: one row per line, numbers separated by commas, semicolons, tabs or blanks; empty lines are passed over.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Shape <c>[tasks, tasks]</c>; whether it is a correlation matrix is checked when it is used.</returns>
    /// <exception cref="TableException">The file cannot be read, or does not hold such a matrix; the message names the line.</exception>
    public static double[,] Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TableException($"{path}: cannot be read ({exception.Message.TrimEnd('.')}), expected a file of correlations.");
        }

        var rows = new List<double[]>();
        for (int line = 0; line < lines.Length; line++)
        {
            string[] parts = lines[line].Split([',', ';', '\t', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (parts.Length == 0) continue;
            double[] row = new double[parts.Length];
            for (int i = 0; i < parts.Length; i++)
            {
                if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out row[i])) throw new TableException(string.Create(CultureInfo.InvariantCulture, $"{path}, line {line + 1}: found '{parts[i]}', expected a number."));
            }

            if (rows.Count > 0 && row.Length != rows[0].Length) throw new TableException(string.Create(CultureInfo.InvariantCulture, $"{path}, line {line + 1}: found {row.Length} numbers, expected {rows[0].Length} as in the line before."));
            rows.Add(row);
        }

        if (rows.Count == 0 || rows.Count != rows[0].Length || rows.Count > MostTasks) throw new TableException(string.Create(CultureInfo.InvariantCulture, $"{path}: found {rows.Count} lines of {(rows.Count == 0 ? 0 : rows[0].Length)} numbers, expected a square matrix of at most {MostTasks} tasks."));
        var matrix = new double[rows.Count, rows.Count];
        for (int i = 0; i < rows.Count; i++)
        {
            for (int j = 0; j < rows.Count; j++) matrix[i, j] = rows[i][j];
        }

        return matrix;
    }
}
