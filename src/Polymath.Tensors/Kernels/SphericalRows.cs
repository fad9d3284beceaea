namespace Polymath.Tensors.Kernels;

/// <summary>
/// A spherical loss of each row of outputs. What the backward needs is kept per row: with mu = s / D, rounded, the gradient is
/// 2 L_q (o - mu) + (L_s + 2 L_q mu) + L_c e_c, written about the mean because L_s and 2 L_q o cancel when |mu| is large.
/// </summary>
internal unsafe struct SphericalRows : IRowKernel
{
    /// <summary>Numbers kept per row: slope, centre, offset and the target's share.</summary>
    public const int Coefficients = 4;

    /// <summary>Outputs <c>[rows, Classes]</c> and labels <c>[rows]</c>.</summary>
    public float* X, Labels;

    /// <summary>Values <c>[rows]</c>, and what is kept, <c>[rows, Coefficients]</c>.</summary>
    public float* Y, Saved;

    public int Classes;
    public SphericalForm Form;

    /// <summary>Whether a row, given what was kept of it, has a gradient; a spherical loss whose three partial derivatives vanish has none.</summary>
    public static bool IsLive(ReadOnlySpan<float> saved) => saved[0] != 0f || saved[2] != 0f || saved[3] != 0f;

    /// <inheritdoc/>
    public readonly void Row(int row)
    {
        float* saved = Saved + ((nint)row * Coefficients), x = X + ((nint)row * Classes);
        if (float.IsNaN(Labels[row]))
        {
            Y[row] = 0f;
            new Span<float>(saved, Coefficients).Clear();
            return;
        }

        double sum = DoubleSum.Sum(x, Classes), mu = sum / Classes;
        SphericalPartials at = Form.Evaluate(x[(int)Labels[row]], DoubleSum.Dot(x, x, Classes), sum, Classes);
        Y[row] = (float)at.Value;
        saved[0] = (float)(2 * at.Squares);
        saved[1] = (float)mu;
        saved[2] = (float)(at.Sum + (2 * at.Squares * saved[1]));
        saved[3] = (float)at.Target;
    }
}
