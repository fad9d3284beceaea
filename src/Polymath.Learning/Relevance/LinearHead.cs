using System.Numerics.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Relevance;

/// <summary>
/// A bias-free linear head on frozen features by least squares, with a ridge of 1e-6 times the mean squared feature times the number of
/// samples, so that units do not matter: w = (Z^T Z + rho I)^-1 Z^T y.
/// </summary>
internal static class LinearHead
{
    private const double Ridge = 1e-6;

    /// <summary>Fits the head.</summary>
    /// <param name="features">Z, [count, k] row-major.</param>
    /// <param name="labels">y, [count].</param>
    /// <param name="head">w, [k].</param>
    public static void Fit(ReadOnlySpan<double> features, ReadOnlySpan<double> labels, Span<double> head)
    {
        if (Normal(features, labels, head) is { } factor) Cholesky.Solve(factor, head);
        else head.Clear();
    }

    /// <summary>The mean squared error of predicting every sample with a head fitted on the others: mean ((y_i - z_i^T w) / (1 - h_i))^2, h_i = z_i^T (Z^T Z + rho I)^-1 z_i.</summary>
    /// <param name="features">Z, [count, k] row-major.</param>
    /// <param name="labels">y, [count].</param>
    public static double LeaveOneOutError(ReadOnlySpan<double> features, ReadOnlySpan<double> labels)
    {
        int size = features.Length / labels.Length;
        double[] head = new double[size], solved = new double[size];
        double[]? factor = Normal(features, labels, head);
        if (factor is not null) Cholesky.Solve(factor, head);
        double sum = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            ReadOnlySpan<double> row = features.Slice(i * size, size);
            double error = labels[i] - TensorPrimitives.Dot(row, head);
            if (factor is not null)
            {
                row.CopyTo(solved);
                Cholesky.Solve(factor, solved);
                error /= Math.Max(1 - TensorPrimitives.Dot(row, solved), 1e-9);
            }

            sum += error * error;
        }

        return sum / labels.Length;
    }

    /// <summary>The factor of Z^T Z + rho I, with Z^T y in <paramref name="product"/>; null when every feature is 0.</summary>
    private static double[]? Normal(ReadOnlySpan<double> features, ReadOnlySpan<double> labels, Span<double> product)
    {
        int size = product.Length;
        double[] normal = new double[size * size];
        product.Clear();
        for (int r = 0; r < labels.Length; r++)
        {
            ReadOnlySpan<double> row = features.Slice(r * size, size);
            TensorPrimitives.MultiplyAdd(row, labels[r], product, product);
            for (int i = 0; i < size; i++)
            {
                Span<double> target = normal.AsSpan(i * size, i + 1);
                TensorPrimitives.MultiplyAdd(row[..(i + 1)], row[i], target, target);
            }
        }

        double trace = 0;
        for (int i = 0; i < size; i++) trace += normal[(i * size) + i];
        if (!(trace > 0)) return null;
        for (int i = 0; i < size; i++) normal[(i * size) + i] += Ridge * trace / size;
        Cholesky.Factor(normal, size);
        return normal;
    }
}
