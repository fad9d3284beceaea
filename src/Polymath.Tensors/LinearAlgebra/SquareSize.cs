namespace Polymath.Tensors.LinearAlgebra;

/// <summary>The shape checks shared by the routines on small row-major square matrices.</summary>
internal static class SquareSize
{
    public static void Require(ReadOnlySpan<double> matrix, int size, string operation)
    {
        if (size < 0 || matrix.Length != (long)size * size)
        {
            throw new ArgumentException($"{operation}: the matrix has {matrix.Length} elements, expected {size} x {size}; pass it row-major and square.");
        }
    }
}
