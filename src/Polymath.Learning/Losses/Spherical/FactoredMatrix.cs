using System.Numerics.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Losses;

/// <summary>
/// W = V U + 1 omega^T <c>[D, d]</c> kept as its factors, with Q = W^T W and w = W^T 1: outputs O = W H of the target classes, their squares and
/// sums, and the exact step W - eta dL/dO H^T for dL/dO = Y + 1 gs^T + O diag(2 gq), Y zero but at the targets, all in O(d^2) per example
/// (Vincent, de Brébisson and Bouthillier 2015, arXiv 1412.7091). Examples are rows here: H, H Q and so on are <c>[m, d]</c>.
/// </summary>
internal sealed partial class FactoredMatrix
{
    private const double LeastDeterminant = 1e-8;
    private readonly int _d;
    private readonly double[] _square;
    private readonly int[] _pivots;

    public FactoredMatrix(ClassRows rows, InverseUpdate mode)
    {
        _d = rows.Hidden;
        Rows = rows;
        Mode = mode;
        U = new double[_d * _d];
        UInverse = new double[_d * _d];
        Omega = new double[_d];
        Q = new double[_d * _d];
        ColumnSums = new double[_d];
        _square = new double[_d * _d];
        _pivots = new int[_d];
        Step = new FactoredStep(_d);
        SetIdentity();
    }

    /// <summary>V, <c>[D, d]</c>.</summary>
    public ClassRows Rows { get; }

    public InverseUpdate Mode { get; }

    /// <summary>U, <c>[d, d]</c>.</summary>
    public double[] U { get; }

    /// <summary>U^-1, <c>[d, d]</c>; not kept up to date by <see cref="InverseUpdate.Solve"/>.</summary>
    public double[] UInverse { get; }

    /// <summary>omega, <c>[d]</c>.</summary>
    public double[] Omega { get; }

    /// <summary>W^T W, <c>[d, d]</c>.</summary>
    public double[] Q { get; }

    /// <summary>W^T 1, <c>[d]</c>.</summary>
    public double[] ColumnSums { get; }

    /// <summary>The batch at hand.</summary>
    public FactoredStep Step { get; }

    /// <summary>Outputs of the targets, squares and sums of the batch in <see cref="Step"/>.</summary>
    public void Forward()
    {
        FactoredStep step = Step;
        int m = step.Examples, each = step.TargetsEach;
        ReadOnlySpan<double> hidden = step.Hidden;
        MatrixProduct.Multiply(hidden, Q, step.HiddenQ, m, _d, _d);
        MatrixProduct.Multiply(hidden, step.HiddenQ, step.Products, m, m, _d, transposeRight: true);
        MatrixProduct.Multiply(hidden, U, step.HiddenU, m, _d, _d, transposeRight: true);
        for (int j = 0; j < m; j++)
        {
            ReadOnlySpan<double> h = hidden.Slice(j * _d, _d), hu = step.HiddenU.Slice(j * _d, _d);
            step.Squares[j] = step.Products[(j * m) + j];
            step.Sums[j] = MatrixProduct.Dot(h, ColumnSums);
            step.Shifts[j] = MatrixProduct.Dot(h, Omega);
            for (int k = j * each; k < (j + 1) * each; k++)
            {
                Span<double> row = step.Rows.Slice(k * _d, _d);
                Rows.Read(step.Targets[k], row);
                step.TargetOutputs[k] = MatrixProduct.Dot(row, hu) + step.Shifts[j];
            }
        }
    }

    /// <summary>
    /// dL/dH from the gradients in <see cref="Step"/>, and the step W &lt;- keep W - rate dL/dO H^T. Nothing has changed when it throws.
    /// </summary>
    /// <param name="rate">eta.</param>
    /// <param name="keep">1 - eta times the weight decay.</param>
    /// <exception cref="FactoredOutputException">U would become singular.</exception>
    public void Update(double rate, double keep = 1)
    {
        FactoredStep step = Step;
        int m = step.Examples;
        HiddenGradient(step);
        FactorInverse(step, rate / keep);
        GradientProducts(step);

        // Q <- keep^2 Q - eta (B^T H + H^T B), B = keep dL/dH - (eta / 2) M H: W^T W of the new W.
        ReadOnlySpan<double> hidden = step.Hidden;
        Span<double> b = step.Rest;
        TensorPrimitives.Multiply(step.HiddenGradient, keep, b);
        MatrixProduct.Multiply(step.GradientProducts, hidden, b, m, _d, m, factor: -rate / 2, accumulate: true);
        MatrixProduct.Multiply(b, hidden, _square, _d, _d, m, transposeLeft: true);
        for (int i = 0; i < _d; i++)
        {
            for (int j = 0; j <= i; j++) Q[(i * _d) + j] = Q[(j * _d) + i] = (keep * keep * Q[(i * _d) + j]) - (rate * (_square[(i * _d) + j] + _square[(j * _d) + i]));
        }

        // omega and W^T 1 lose eta H^T (2 gq o + ...), o = H omega and H W^T 1 of the old values.
        TensorPrimitives.Multiply<double>(Omega, keep, Omega);
        TensorPrimitives.Multiply<double>(ColumnSums, keep, ColumnSums);
        for (int j = 0; j < m; j++)
        {
            ReadOnlySpan<double> h = hidden.Slice(j * _d, _d);
            double twice = 2 * step.SquaresGradients[j];
            AddScaled(h, -rate * ((twice * step.Shifts[j]) + step.SumGradients[j]), Omega);
            AddScaled(h, -rate * ((twice * step.Sums[j]) + (Rows.Classes * step.SumGradients[j]) + step.TargetSums[j]), ColumnSums);
        }

        // U <- keep U - eta (U H^T) (2 gq H), whose inverse the rows of V below are to be written with.
        TensorPrimitives.Multiply<double>(U, keep, U);
        MatrixProduct.Multiply(step.HiddenU, step.Weighted, U, _d, _d, m, transposeLeft: true, factor: -rate, accumulate: true);
        UpdateInverse(step, rate, keep);
        UpdateRows(step, rate);
    }

    /// <summary>dL/dH = 2 gq H Q + (Y^T V) U + ybar omega^T + gs w^T.</summary>
    private void HiddenGradient(FactoredStep step)
    {
        int m = step.Examples, each = step.TargetsEach;
        Span<double> picked = step.Spare, rest = step.Rest, gradient = step.HiddenGradient, weighted = step.Weighted;
        picked.Clear();
        for (int j = 0; j < m; j++)
        {
            double sum = 0;
            for (int k = j * each; k < (j + 1) * each; k++)
            {
                sum += step.TargetGradients[k];
                AddScaled(step.Rows.Slice(k * _d, _d), step.TargetGradients[k], picked.Slice(j * _d, _d));
            }

            step.TargetSums[j] = sum;
        }

        MatrixProduct.Multiply(picked, U, rest, m, _d, _d);
        for (int j = 0; j < m; j++)
        {
            Span<double> row = rest.Slice(j * _d, _d), to = gradient.Slice(j * _d, _d);
            AddScaled(Omega, step.TargetSums[j], row);
            AddScaled(ColumnSums, step.SumGradients[j], row);
            TensorPrimitives.MultiplyAdd(step.HiddenQ.Slice(j * _d, _d), 2 * step.SquaresGradients[j], row, to);
            TensorPrimitives.Multiply(step.Hidden.Slice(j * _d, _d), 2 * step.SquaresGradients[j], weighted.Slice(j * _d, _d));
        }
    }

    /// <summary>M = (dL/dO)^T (dL/dO), from Y + 1 gs^T + O diag(2 gq) without forming it.</summary>
    private void GradientProducts(FactoredStep step)
    {
        int m = step.Examples, each = step.TargetsEach;
        Span<double> cross = step.SpareSquare, products = step.GradientProducts;
        ReadOnlySpan<double> gq = step.SquaresGradients, gs = step.SumGradients, ybar = step.TargetSums;
        MatrixProduct.Multiply(step.Weighted, step.Rest, cross, m, m, _d, transposeRight: true);
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = (4 * gq[i] * gq[j] * step.Products[(i * m) + j]) + (Rows.Classes * gs[i] * gs[j]) + (gs[i] * ybar[j]) + (ybar[i] * gs[j]) + cross[(i * m) + j] + cross[(j * m) + i];
                // Both lists of targets ascend, so the shared ones are found by merging.
                for (int a = i * each, b = j * each; a < (i + 1) * each && b < (j + 1) * each;)
                {
                    int order = step.Targets[a].CompareTo(step.Targets[b]);
                    if (order == 0) sum += step.TargetGradients[a] * step.TargetGradients[b];
                    if (order <= 0) a++;
                    if (order >= 0) b++;
                }

                products[(i * m) + j] = products[(j * m) + i] = sum;
            }
        }
    }

    /// <summary>V[t] -= eta ga (U^-T h) for every target: the only rows that change.</summary>
    private void UpdateRows(FactoredStep step, double rate)
    {
        Span<double> pulled = step.Spare, row = step.Rows[.._d];
        PullBack(step, pulled);
        for (int k = 0; k < step.Targets.Length; k++)
        {
            Rows.Read(step.Targets[k], row);
            AddScaled(pulled.Slice(k / step.TargetsEach * _d, _d), -rate * step.TargetGradients[k], row);
            Rows.Write(step.Targets[k], row);
        }
    }

    private static void AddScaled(ReadOnlySpan<double> x, double factor, Span<double> y) => TensorPrimitives.MultiplyAdd(x, factor, y, y);
}
