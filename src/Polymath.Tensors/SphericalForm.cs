namespace Polymath.Tensors;

/// <summary>
/// A classification loss of D outputs o that reads nothing but the target's output o_c, q = sum o^2 and s = sum o (the spherical family,
/// Vincent et al. 2015, arXiv 1412.7091). With mu = s / D, sigma^2 = q / D - mu^2 and z = (o_c - mu) / (sigma + 1e-12) it is one of:
/// Z, softplus(a (b - z)) / a (de Brébisson and Vincent 2016, arXiv 1604.08859); squared error, q - 2 o_c + 1; log-Taylor-softmax,
/// -ln((1 + o_c + o_c^2 / 2) / (D + s + q / 2)); log-spherical-softmax, -ln((o_c^2 + e) / (q + D e)) (both arXiv 1511.05042).
/// </summary>
/// <remarks>Equal outputs have no standardised value: when sigma is lost in rounding, the Z-loss is that of z = 0 and its derivatives are zero.</remarks>
/// <example><code>
/// SphericalPartials one = SphericalForm.Z(a: 1, b: 0).Evaluate(target: 2, squares: 9, sum: 3, classes: 4);
/// </code></example>
public readonly record struct SphericalForm
{
    /// <summary>Added to sigma, as the authors' example does.</summary>
    internal const double DeviationEpsilon = 1e-12;

    // The square root of the distance between 1 and the next double: below it sigma^2 = q / D - mu^2 has no digit left.
    private const double LostDeviation = 1.4901161193847656e-8;

    private SphericalForm(SphericalKind kind, double a, double b)
    {
        Kind = kind;
        A = a;
        B = b;
    }

    /// <summary>Which member it is.</summary>
    public SphericalKind Kind { get; }

    /// <summary>The sharpness a of the Z-loss, or the e of log-spherical-softmax.</summary>
    public double A { get; }

    /// <summary>The location b of the Z-loss.</summary>
    public double B { get; }

    /// <summary>The squared distance from the one-hot target, q - 2 o_c + 1.</summary>
    public static SphericalForm SquaredError => default;

    /// <summary>-ln((1 + o_c + o_c^2 / 2) / (D + s + q / 2)).</summary>
    public static SphericalForm LogTaylorSoftmax => new(SphericalKind.LogTaylorSoftmax, 0, 0);

    /// <summary>softplus(a (b - z)) / a.</summary>
    /// <param name="a">Sharpness, more than 0; the authors tried 0.05 to 5.</param>
    /// <param name="b">Location; b and a together choose the ranks that are optimised.</param>
    /// <exception cref="ArgumentOutOfRangeException">a is not a finite number more than 0, or b is not finite.</exception>
    public static SphericalForm Z(double a = 1, double b = 0)
    {
        if (!(a > 0) || !double.IsFinite(a)) throw new ArgumentOutOfRangeException(nameof(a), a, "expected the sharpness of the Z-loss to be a finite number more than 0.");
        if (!double.IsFinite(b)) throw new ArgumentOutOfRangeException(nameof(b), b, "expected the location of the Z-loss to be a finite number.");
        return new(SphericalKind.Z, a, b);
    }

    /// <summary>-ln((o_c^2 + e) / (q + D e)); blind to the sign of the outputs.</summary>
    /// <param name="epsilon">e, more than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">e is not a finite number more than 0.</exception>
    public static SphericalForm LogSphericalSoftmax(double epsilon = 1e-3)
    {
        if (!(epsilon > 0) || !double.IsFinite(epsilon)) throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "expected the epsilon of log-spherical-softmax to be a finite number more than 0.");
        return new(SphericalKind.LogSphericalSoftmax, epsilon, 0);
    }

    /// <summary>The loss of one row and its partial derivatives.</summary>
    /// <param name="target">o_c.</param>
    /// <param name="squares">q = sum o^2.</param>
    /// <param name="sum">s = sum o.</param>
    /// <param name="classes">D, at least 2.</param>
    public SphericalPartials Evaluate(double target, double squares, double sum, int classes) => Kind switch
    {
        SphericalKind.Z => Standardised(target, squares, sum, classes),
        SphericalKind.LogTaylorSoftmax => Taylor(target, squares, sum, classes),
        SphericalKind.LogSphericalSoftmax => new(
            Math.Log((squares + (classes * A)) / ((target * target) + A)), -2 * target / ((target * target) + A), 1 / (squares + (classes * A)), 0),
        _ => new(squares - (2 * target) + 1, -2, 1, 0),
    };

    private SphericalPartials Standardised(double target, double squares, double sum, double classes)
    {
        double mu = sum / classes, sigma = Math.Sqrt(Math.Max((squares / classes) - (mu * mu), 0));
        if (sigma < LostDeviation * Math.Max(1, Math.Abs(mu))) return new(Softplus(A * B) / A, 0, 0, 0);
        double scale = sigma + DeviationEpsilon, z = (target - mu) / scale, u = A * (B - z);
        double gradient = -1 / (1 + Math.Exp(-u)), share = gradient / scale, turn = share * z;
        return new(Softplus(u) / A, share, -turn / (2 * classes * sigma), ((turn * (mu / sigma)) - share) / classes);
    }

    private static SphericalPartials Taylor(double target, double squares, double sum, int classes)
    {
        // Both polynomials are at least 1/2 per class, so neither logarithm needs an epsilon.
        double numerator = 1 + target + (target * target / 2), denominator = classes + sum + (squares / 2);
        return new(Math.Log(denominator / numerator), -(1 + target) / numerator, 1 / (2 * denominator), 1 / denominator);
    }

    private static double Softplus(double u)
    {
        // ln(1 + x) with the digits of x that 1 + x rounds away put back (Kahan).
        double small = Math.Exp(-Math.Abs(u)), sum = 1 + small;
        return Math.Max(u, 0) + (sum == 1 ? small : Math.Log(sum) * (small / (sum - 1)));
    }
}
