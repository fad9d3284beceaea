namespace Polymath.Merging.Blending;

/// <summary>Vectors that are sums of the models' directions, known by their coefficients and the inner products of the models.</summary>
internal sealed class SpanOfDirections
{
    private readonly double[] _lengths, _divisors;
    private readonly double[,] _cosines;

    /// <summary>The directions of n tensors.</summary>
    /// <param name="products">[n, n], their inner products.</param>
    /// <param name="added">Added to each norm that is divided by; a tensor of zeros has direction zero.</param>
    public SpanOfDirections(double[,] products, double added = 0)
    {
        int n = products.GetLength(0);
        _lengths = [.. Enumerable.Range(0, n).Select(i => Math.Sqrt(products[i, i]))];
        _divisors = [.. _lengths.Select(length => length + added is var divisor && divisor == 0 ? 1 : divisor)];
        _cosines = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++) _cosines[i, j] = products[i, j] / (_divisors[i] * _divisors[j]);
        }
    }

    /// <summary>The norm of a tensor.</summary>
    public double Length(int model) => _lengths[model];

    /// <summary>What a tensor is divided by to give its direction.</summary>
    public double Divisor(int model) => _divisors[model];

    /// <summary>The inner product of a direction with a vector.</summary>
    /// <param name="model">Which direction.</param>
    /// <param name="vector">The vector's coefficients.</param>
    public double Cosine(int model, double[] vector)
    {
        double sum = 0;
        for (int i = 0; i < vector.Length; i++) sum += _cosines[model, i] * vector[i];
        return sum;
    }

    /// <summary>The norm of a vector.</summary>
    /// <param name="vector">Its coefficients.</param>
    public double Norm(double[] vector)
    {
        double sum = 0;
        for (int i = 0; i < vector.Length; i++) sum += vector[i] * Cosine(i, vector);
        return double.IsNaN(sum) ? sum : Math.Sqrt(Math.Max(0, sum));
    }
}
