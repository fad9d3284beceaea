namespace Polymath.Tensors.LinearAlgebra;

/// <summary>A matrix that had to be positive definite is not: a Cholesky pivot is zero, negative or not a number.</summary>
public sealed class NotPositiveDefiniteException : ArithmeticException
{
    /// <summary>Reports the pivot that failed.</summary>
    /// <param name="row">Row of the failed pivot.</param>
    /// <param name="pivot">Its value.</param>
    public NotPositiveDefiniteException(int row, double pivot)
        : base($"Cholesky: the pivot of row {row} is {pivot:R}, expected a positive number; add a multiple of the identity or use a pseudo-inverse.")
    {
        Row = row;
        Pivot = pivot;
    }

    /// <summary>Row of the pivot that failed.</summary>
    public int Row { get; }

    /// <summary>The value that should have been positive.</summary>
    public double Pivot { get; }
}
