namespace Polymath.Merging.Statistics;

/// <summary>Changes of the order in which a matrix lies in memory.</summary>
internal static class MatrixLayout
{
    /// <summary>The transpose of a matrix.</summary>
    /// <param name="matrix">[rows, columns], row-major.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    public static float[] Transpose(ReadOnlySpan<float> matrix, int rows, int columns)
    {
        float[] transposed = new float[matrix.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++) transposed[(column * rows) + row] = matrix[(row * columns) + column];
        }

        return transposed;
    }
}
