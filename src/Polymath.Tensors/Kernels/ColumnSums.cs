using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>Sums over the rows of a block, column by column: floats within a block, doubles over blocks, in the order of the rows.</summary>
internal static unsafe class ColumnSums
{
    /// <summary>sums += g and products += g (x - mean) inverse, one row with its own mean and inverse deviation.</summary>
    public static void Add(float* g, float* x, float mean, float inverse, int width, float* sums, float* products)
    {
        int lanes = Vector<float>.Count, j = 0;
        Vector<float> center = new(mean);
        for (; j + lanes <= width; j += lanes)
        {
            Vector<float> value = Vector.Load(g + j);
            (Vector.Load(sums + j) + value).Store(sums + j);
            VectorMath.Fma(value, (Vector.Load(x + j) - center) * inverse, Vector.Load(products + j)).Store(products + j);
        }

        for (; j < width; j++)
        {
            sums[j] += g[j];
            products[j] += g[j] * ((x[j] - mean) * inverse);
        }
    }

    /// <summary>sums += g and products += g (x - mean) inverse, one row with a mean and an inverse deviation for each column.</summary>
    public static void Add(float* g, float* x, float* mean, float* inverse, int width, float* sums, float* products)
    {
        int lanes = Vector<float>.Count, j = 0;
        for (; j + lanes <= width; j += lanes)
        {
            Vector<float> value = Vector.Load(g + j);
            (Vector.Load(sums + j) + value).Store(sums + j);
            VectorMath.Fma(value, (Vector.Load(x + j) - Vector.Load(mean + j)) * Vector.Load(inverse + j), Vector.Load(products + j)).Store(products + j);
        }

        for (; j < width; j++)
        {
            sums[j] += g[j];
            products[j] += g[j] * ((x[j] - mean[j]) * inverse[j]);
        }
    }

    /// <summary>sums += x, one row.</summary>
    public static void Add(float* x, int width, float* sums)
    {
        int lanes = Vector<float>.Count, j = 0;
        for (; j + lanes <= width; j += lanes) (Vector.Load(sums + j) + Vector.Load(x + j)).Store(sums + j);
        for (; j < width; j++) sums[j] += x[j];
    }

    /// <summary>squares += (x - mean)^2, one row.</summary>
    public static void AddSquares(float* x, float* mean, int width, float* squares)
    {
        int lanes = Vector<float>.Count, j = 0;
        for (; j + lanes <= width; j += lanes)
        {
            Vector<float> difference = Vector.Load(x + j) - Vector.Load(mean + j);
            VectorMath.Fma(difference, difference, Vector.Load(squares + j)).Store(squares + j);
        }

        for (; j < width; j++) squares[j] += (x[j] - mean[j]) * (x[j] - mean[j]);
    }

    /// <summary>sums += factor x.</summary>
    public static void AddScaled(float* x, double factor, int width, double* sums)
    {
        int lanes = Vector<float>.Count, half = Vector<double>.Count, j = 0;
        for (; j + lanes <= width; j += lanes)
        {
            Vector.Widen(Vector.Load(x + j), out Vector<double> low, out Vector<double> high);
            (Vector.Load(sums + j) + (low * factor)).Store(sums + j);
            (Vector.Load(sums + j + half) + (high * factor)).Store(sums + j + half);
        }

        for (; j < width; j++) sums[j] += x[j] * factor;
    }

    /// <summary>
    /// squares += the sum of squares about the means of <paramref name="count"/> rows; the block holds their own means and, after those, their
    /// sums of squares about them, <c>[2, width]</c>.
    /// </summary>
    public static void AddDeviation(float* block, double* means, int count, int width, double* squares)
    {
        int lanes = Vector<float>.Count, half = Vector<double>.Count, j = 0;
        for (; j + lanes <= width; j += lanes)
        {
            Vector.Widen(Vector.Load(block + j), out Vector<double> low, out Vector<double> high);
            Vector.Widen(Vector.Load(block + width + j), out Vector<double> ownLow, out Vector<double> ownHigh);
            low -= Vector.Load(means + j);
            high -= Vector.Load(means + j + half);
            (Vector.Load(squares + j) + (ownLow + (low * low * count))).Store(squares + j);
            (Vector.Load(squares + j + half) + (ownHigh + (high * high * count))).Store(squares + j + half);
        }

        for (; j < width; j++) squares[j] += block[width + j] + ((block[j] - means[j]) * (block[j] - means[j]) * count);
    }

    /// <summary>y[j] = the sum over blocks of partial[block, j], the blocks <paramref name="stride"/> apart.</summary>
    public static void Combine(float* partial, nint stride, int blocks, int width, float* y)
    {
        const int Strip = 256;
        double* sums = stackalloc double[Strip];
        for (int j = 0; j < width; j += Strip)
        {
            int count = Math.Min(Strip, width - j);
            new Span<double>(sums, count).Clear();
            DoubleSum.AddRows(partial + j, stride, blocks, count, sums);
            for (int i = 0; i < count; i++) y[j + i] = (float)sums[i];
        }
    }
}
