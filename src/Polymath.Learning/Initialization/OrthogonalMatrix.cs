using System.Numerics.Tensors;
using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>
/// Orthonormal vectors from normal draws by Gram-Schmidt in double precision, each vector cleaned twice ("twice is enough", Giraud et al.
/// 2005). The implied R has a positive diagonal, so the result is uniform over the orthogonal matrices (Mezzadri 2007).
/// </summary>
internal static class OrthogonalMatrix
{
    public static void Fill(Span<float> values, int rows, float gain, RandomStream random)
    {
        int columns = values.Length / rows;
        bool wide = rows <= columns;
        int count = wide ? rows : columns, width = wide ? columns : rows;
        double[] vectors = new double[count * width];
        for (int i = 0; i < count; i++)
        {
            Span<double> vector = vectors.AsSpan(i * width, width);
            for (int j = 0; j < width; j++) vector[j] = random.NextNormalDouble();
            for (int pass = 0; pass < 2; pass++)
            {
                for (int before = 0; before < i; before++)
                {
                    ReadOnlySpan<double> other = vectors.AsSpan(before * width, width);
                    TensorPrimitives.MultiplyAdd(other, -TensorPrimitives.Dot<double>(vector, other), vector, vector);
                }
            }

            TensorPrimitives.Divide(vector, TensorPrimitives.Norm<double>(vector), vector);
        }

        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++) values[(i * columns) + j] = (float)(gain * (wide ? vectors[(i * width) + j] : vectors[(j * width) + i]));
        }
    }
}
