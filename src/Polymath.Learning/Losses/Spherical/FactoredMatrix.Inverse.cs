using System.Numerics.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Losses;

// The inverse of U, exactly, in four ways.
internal sealed partial class FactoredMatrix
{
    private double[] _factors = [];

    /// <summary>Brings U^-1 up to date with U by inverting it.</summary>
    public void Invert()
    {
        U.CopyTo(_square, 0);
        LuFactorization.Factor(_square, _pivots);
        LuFactorization.Invert(_square, _pivots, UInverse);
    }

    /// <summary>
    /// Factors C = I - e G H^T <c>[m, m]</c>, G = 2 gq H: U times I - e H^T G is the new U, and both have the determinant of C times that of U.
    /// </summary>
    private void FactorInverse(FactoredStep step, double e)
    {
        int m = step.Examples;
        if (_factors.Length < m * m) _factors = new double[m * m];
        Span<double> factors = _factors.AsSpan(0, m * m);
        MatrixProduct.Multiply(step.Weighted, step.Hidden, factors, m, m, _d, transposeRight: true, factor: -e);
        for (int j = 0; j < m; j++) factors[(j * m) + j] += 1;
        double determinant = LuFactorization.Factor(factors, step.Pivots);
        if (!(Math.Abs(determinant) >= LeastDeterminant))
            throw new FactoredOutputException($"FactoredSphericalOutput: the step of {m} examples would make its small factor singular (determinant {determinant:G3}, expected {LeastDeterminant:G1} or more in size): the learning rate is too large for the factored layer; lower it, or scale the hidden layer down.");
    }

    /// <summary>U^-1 of the new U, which is already written.</summary>
    private void UpdateInverse(FactoredStep step, double rate, double keep)
    {
        int m = step.Examples;
        switch (Mode)
        {
            case InverseUpdate.Woodbury:
                // (I - e H^T G)^-1 = I + e H^T C^-1 G.
                MatrixProduct.Multiply(step.Weighted, UInverse, step.Spare, m, _d, _d);
                LuFactorization.Solve(_factors.AsSpan(0, m * m), step.Pivots, step.Spare, _d);
                MatrixProduct.Multiply(step.Hidden, step.Spare, UInverse, _d, _d, m, transposeLeft: true, factor: rate / keep, accumulate: true);
                if (keep != 1) TensorPrimitives.Divide<double>(UInverse, keep, UInverse);
                break;
            case InverseUpdate.ShermanMorrison:
                if (keep != 1) TensorPrimitives.Divide<double>(UInverse, keep, UInverse);
                if (!AddRankOnes(step, rate)) Invert();
                break;
            case InverseUpdate.Inverse:
                Invert();
                break;
        }
    }

    /// <summary>(A - eta u g^T)^-1 = A^-1 + eta (A^-1 u) (g^T A^-1) / (1 - eta g^T A^-1 u), example after example; false when one on the way is singular.</summary>
    private bool AddRankOnes(FactoredStep step, double rate)
    {
        Span<double> left = step.Spare[.._d], right = step.Rows[.._d];
        for (int j = 0; j < step.Examples; j++)
        {
            ReadOnlySpan<double> u = step.HiddenU.Slice(j * _d, _d), g = step.Weighted.Slice(j * _d, _d);
            MatrixProduct.Multiply(g, UInverse, right, 1, _d, _d);
            for (int i = 0; i < _d; i++) left[i] = MatrixProduct.Dot(UInverse.AsSpan(i * _d, _d), u);
            double divisor = 1 - (rate * MatrixProduct.Dot(g, left));
            if (!(Math.Abs(divisor) >= LeastDeterminant)) return false;
            for (int i = 0; i < _d; i++) AddScaled(right, rate / divisor * left[i], UInverse.AsSpan(i * _d, _d));
        }

        return true;
    }

    /// <summary>H U^-1, <c>[m, d]</c>.</summary>
    private void PullBack(FactoredStep step, Span<double> pulled)
    {
        int m = step.Examples;
        if (Mode != InverseUpdate.Solve)
        {
            MatrixProduct.Multiply(step.Hidden, UInverse, pulled, m, _d, _d);
            return;
        }

        // X U = H, that is U^T X^T = H^T.
        Transpose(U, _square, _d, _d);
        LuFactorization.Factor(_square, _pivots);
        Transpose(step.Hidden, step.HiddenU, m, _d);
        LuFactorization.Solve(_square, _pivots, step.HiddenU, m);
        Transpose(step.HiddenU, pulled, _d, m);
    }

    private static void Transpose(ReadOnlySpan<double> from, Span<double> to, int rows, int columns)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++) to[(j * rows) + i] = from[(i * columns) + j];
        }
    }
}
