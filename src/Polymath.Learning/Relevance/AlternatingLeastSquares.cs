using System.Numerics.Tensors;
using Polymath.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Relevance;

/// <summary>
/// Learns phi(x) = B^T x by min sum_m ||X_m B w_m - y_m||^2, alternating least squares: heads for a fixed B, then B for fixed heads, then
/// QR of B. The start is spectral: the leading k left singular vectors of the matrix with columns X_m^T y_m / sqrt(n_m).
/// </summary>
/// <remarks>
/// The step in B is a least-squares problem with d k unknowns. It is solved by conjugate gradients on the residual (Bjorck 1996, CGLS),
/// in coordinates where the heads are white; the matrix of d k rows is never formed, and no ridge is needed when inputs are degenerate.
/// </remarks>
public sealed class AlternatingLeastSquares : IRepresentationLearner
{
    private const int MaxInnerSteps = 100;
    private const double InnerTolerance = 1e-8;

    /// <summary>A learner.</summary>
    /// <param name="sweeps">Alternations, at least 1.</param>
    public AlternatingLeastSquares(int sweeps = 60)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sweeps);
        Sweeps = sweeps;
    }

    /// <summary>Alternations.</summary>
    public int Sweeps { get; }

    /// <inheritdoc/>
    /// <exception cref="RelevanceException">k exceeds the number of input features, or no source has samples.</exception>
    public IRepresentation Learn(IReadOnlyList<TaskSamples> sources, int size, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        TaskSamples[] tasks = [.. sources.Where(one => one.Count > 0)];
        if (tasks.Length == 0) throw new RelevanceException("AlternatingLeastSquares: no source has samples, expected at least one that has.");
        int inputs = tasks[0].Features;
        if (size > inputs) throw new RelevanceException($"AlternatingLeastSquares: k is {size} but inputs have {inputs} features, expected k <= d; use a smaller representation.");
        var fit = new RepresentationFit(tasks, size);
        double[] basis = Spectral(tasks, size, random);
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            fit.FitHeads(new LinearRepresentation(basis, size));
            fit.WhitenHeads(basis);
            fit.FitBasis(basis, MaxInnerSteps, InnerTolerance);
            basis = Orthonormal(basis, size, random);
        }

        return new LinearRepresentation(basis, size);
    }

    private static double[] Spectral(TaskSamples[] tasks, int size, RandomStream random)
    {
        int inputs = tasks[0].Features, count = tasks.Length;
        double[] moments = new double[count * inputs], gram = new double[count * count], values = new double[count], vectors = new double[count * count];
        for (int m = 0; m < count; m++)
        {
            Span<double> moment = moments.AsSpan(m * inputs, inputs);
            double weight = 1 / Math.Sqrt(tasks[m].Count);
            for (int i = 0; i < tasks[m].Count; i++) TensorPrimitives.MultiplyAdd(tasks[m].Input(i), tasks[m].Labels[i] * weight, moment, moment);
            for (int other = 0; other <= m; other++) gram[(m * count) + other] = gram[(other * count) + m] = TensorPrimitives.Dot<double>(moment, moments.AsSpan(other * inputs, inputs));
        }

        SymmetricEigen.Decompose(gram, values, vectors);
        double[] basis = new double[size * inputs];
        for (int j = 0; j < Math.Min(size, count); j++)
        {
            Span<double> direction = basis.AsSpan(j * inputs, inputs);
            int column = count - 1 - j;
            for (int m = 0; m < count; m++) TensorPrimitives.MultiplyAdd(moments.AsSpan(m * inputs, inputs), vectors[(m * count) + column], direction, direction);
        }

        return Orthonormal(basis, size, random);
    }

    /// <summary>An orthonormal basis of the rows' span; random directions complete it where rows are dependent.</summary>
    private static double[] Orthonormal(double[] basis, int size, RandomStream random)
    {
        int inputs = basis.Length / size;
        double[] columns = new double[inputs * size], result = new double[basis.Length];
        for (int attempt = 0; ; attempt++)
        {
            for (int j = 0; j < size; j++)
            {
                for (int i = 0; i < inputs; i++) columns[(i * size) + j] = basis[(j * inputs) + i];
            }

            var qr = new PivotedQR(columns, inputs, size, relativeTolerance: 1e-12);
            for (int j = 0; j < qr.Rank; j++) qr.CopyBasis(j, result.AsSpan(j * inputs, inputs));
            if (qr.Rank == size) return result;
            for (int i = qr.Rank * inputs; i < result.Length; i++) result[i] = random.NextNormalDouble() / Math.Sqrt(inputs);
            basis = result;
            result = new double[basis.Length];
            if (attempt == 4) throw new RelevanceException($"AlternatingLeastSquares: the representation collapsed to {qr.Rank} of {size} dimensions, expected inputs that vary in more; use a smaller k.");
        }
    }
}
