using System.Numerics.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Merging.Statistics;

/// <summary>
/// The normal equations of one linear layer: the weights W with the least squared error of its outputs on the inputs of all models solve
/// (sum_m G_m) W^T = sum_m G_m W_m^T, where G_m = X_m^T X_m / rows. Every output is a system of its own.
/// </summary>
internal sealed class RegMeanSystem
{
    private readonly double[][] _grams;
    private readonly double[] _factor, _transposed;

    /// <summary>Factors the sum of the Gram matrices.</summary>
    /// <param name="layer">The layer's name, for messages.</param>
    /// <param name="grams">[inputs, inputs] of each model; changed and kept.</param>
    /// <param name="inputs">Width of the layer's input.</param>
    /// <param name="options">Ratio and ridge.</param>
    /// <exception cref="MergeException">The sum is singular.</exception>
    public RegMeanSystem(string layer, double[][] grams, int inputs, RegMeanOptions options)
    {
        (_grams, Inputs) = (grams, inputs);
        foreach (double[] gram in grams) Reduce(gram, options.NonDiagonalRatio);
        _factor = new double[inputs * inputs];
        foreach (double[] gram in grams) TensorPrimitives.Add(_factor, gram, _factor);
        double mean = 0;
        for (int i = 0; i < inputs; i++) mean += _factor[(i * inputs) + i] / inputs;
        for (int i = 0; i < inputs; i++) _factor[(i * inputs) + i] += options.Ridge * mean;
        if (!Cholesky.TryFactor(_factor, inputs, out int row, out double pivot))
            throw new MergeException($"layer '{layer}': the sum of the Gram matrices of its {grams.Length} models is singular (pivot {pivot:G3} at input {row}); measure them on more examples, lower the off-diagonal ratio, or give a ridge such as 1e-6.");
        // The factor's transpose too, so that both substitutions run along rows.
        _transposed = new double[inputs * inputs];
        for (int i = 0; i < inputs; i++)
        {
            for (int j = 0; j <= i; j++) _transposed[(j * inputs) + i] = _factor[(i * inputs) + j];
        }
    }

    /// <summary>Width of the layer's input.</summary>
    public int Inputs { get; }

    /// <summary>Adds G_m w for some outputs of one model.</summary>
    /// <param name="model">m.</param>
    /// <param name="weights">[outputs, inputs].</param>
    /// <param name="right">Receives the sums, [outputs, inputs].</param>
    public void Add(int model, ReadOnlySpan<float> weights, Span<double> right)
    {
        double[] wide = new double[weights.Length];
        TensorPrimitives.ConvertTruncating(weights, wide);
        MatrixProduct.Multiply(wide, _grams[model], right, weights.Length / Inputs, Inputs, Inputs, transposeRight: true, accumulate: true);
    }

    /// <summary>Solves for some outputs in place.</summary>
    /// <param name="right">The sums on entry, the weights on return, [outputs, inputs].</param>
    public void Solve(Span<double> right)
    {
        for (int start = 0; start < right.Length; start += Inputs)
        {
            Span<double> x = right.Slice(start, Inputs);
            for (int k = 0; k < Inputs; k++)
            {
                x[k] /= _factor[(k * Inputs) + k];
                TensorPrimitives.MultiplyAdd(_transposed.AsSpan((k * Inputs) + k + 1, Inputs - k - 1), -x[k], x[(k + 1)..], x[(k + 1)..]);
            }

            for (int k = Inputs - 1; k >= 0; k--)
            {
                x[k] /= _factor[(k * Inputs) + k];
                TensorPrimitives.MultiplyAdd(_factor.AsSpan(k * Inputs, k), -x[k], x[..k], x[..k]);
            }
        }
    }

    private void Reduce(double[] gram, double ratio)
    {
        if (ratio == 1) return;
        for (int i = 0; i < Inputs; i++)
        {
            double diagonal = gram[(i * Inputs) + i];
            TensorPrimitives.Multiply(gram.AsSpan(i * Inputs, Inputs), ratio, gram.AsSpan(i * Inputs, Inputs));
            gram[(i * Inputs) + i] = diagonal;
        }
    }
}
