using Polymath.Learning.Losses;
using Polymath.Tensors;
using Polymath.Tensors.LinearAlgebra;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Polymath.Reproductions.ZLoss;

/// <summary>The factored layer beside the whole matrix in double precision, step after step on the same random batches.</summary>
internal static class ExactnessStudy
{
    private const int Classes = 2000, Hidden = 32, Examples = 16;
    private const double Rate = 0.02;

    /// <summary>Trains both.</summary>
    /// <param name="steps">Updates.</param>
    /// <param name="isDouble">Whether the layer keeps its rows in double precision.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <returns>The largest difference between elements of the two matrices, and the largest element.</returns>
    public static (double Difference, double Largest) Run(int steps, bool isDouble, CancellationToken cancellation)
    {
        RandomStream root = new RandomStream(1).Derive("z-loss exactness"), draw = root.Derive("batches");
        Tensor start = Tensor.Normal(root.Derive("weights"), new Shape(Classes, Hidden)).Keep();
        double[] whole = [.. start.ToArray().Select(value => (double)value)];
        var layer = FactoredSphericalOutput.FromWeights(start, SphericalLoss.Z(), Rate, new FactoredSphericalOptions { DoublePrecision = isDouble, StabilizePeriod = 50 });
        float[] h = new float[Examples * Hidden], gradient = new float[h.Length];
        int[] targets = new int[Examples];
        for (int step = 0; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            draw.FillNormal(h);
            foreach (ref int target in targets.AsSpan()) target = draw.NextInt32(Classes);
            Step(whole, layer.Loss, [.. h.Select(value => (double)value)], targets);
            layer.ForwardBackwardUpdate(h, targets, gradient);
        }

        double[] factored = new double[whole.Length];
        layer.ReadWeights(0, factored);
        double largest = TensorPrimitives.MaxMagnitude<double>(whole);
        TensorPrimitives.Subtract<double>(factored, whole, factored);
        return (Math.Abs(TensorPrimitives.MaxMagnitude<double>(factored)), Math.Abs(largest));
    }

    // W <- W - eta (dL/dO)^T H with every output and every gradient written out.
    private static void Step(double[] weights, SphericalLoss loss, double[] h, int[] targets)
    {
        double[] outputs = new double[Examples * Classes];
        MatrixProduct.Multiply(h, weights, outputs, Examples, Classes, Hidden, transposeRight: true);
        for (int j = 0; j < Examples; j++)
        {
            Span<double> row = outputs.AsSpan(j * Classes, Classes);
            SphericalPartials at = loss.Evaluate(row[targets[j]], TensorPrimitives.SumOfSquares<double>(row), TensorPrimitives.Sum<double>(row), Classes);
            for (int c = 0; c < Classes; c++) row[c] = (2 * at.Squares * row[c]) + at.Sum;
            row[targets[j]] += at.Target;
        }

        MatrixProduct.Multiply(outputs, h, weights, Classes, Hidden, Examples, transposeLeft: true, factor: -Rate, accumulate: true);
    }
}
