namespace Polymath.Reproductions.Balancing;

/// <summary>
/// Two losses of a point (x1, x2) in the plane, drawn in the papers of CAGrad, Nash-MTL and FAMO (Liu et al. 2021, official toy.py): above
/// x2 = 0 each loss has a narrow logarithmic valley where the other one is steep, below it both are shallow bowls with a line of Pareto points.
/// </summary>
/// <remarks>
/// L1 = f1 c1 + q1 c2 and L2 = f2 c1 + q2 c2 with c1 = max(tanh(x2/2), 0), c2 = max(tanh(-x2/2), 0),
/// f1 = log max(|(-x1-7)/2 - tanh(-x2)|, 5e-6) + 6, f2 = log max(|(-x1+3)/2 + tanh(-x2) + 2|, 5e-6) + 6,
/// q1 = ((7-x1)^2 + (x2+8)^2/10)/10 - 20, q2 = ((7+x1)^2 + (x2+8)^2/10)/10 - 20.
/// </remarks>
internal static class ToyLandscape
{
    private const double Least = 5e-6, Lift = 6, Centre = 7, Depth = 20, BowlX2 = -8;

    /// <summary>The four starting points of the papers.</summary>
    public static IReadOnlyList<(double X1, double X2)> Starts { get; } = [(-8.5, 7.5), (-8.5, 5), (9, 9), (10, -8)];

    /// <summary>Both losses.</summary>
    public static (double L1, double L2) Losses(double x1, double x2)
    {
        (double l1, double l2, _, _) = Evaluate(x1, x2);
        return (l1, l2);
    }

    /// <summary>(L1 + L2) / 2.</summary>
    public static double Mean(double x1, double x2)
    {
        (double l1, double l2) = Losses(x1, x2);
        return (l1 + l2) / 2;
    }

    /// <summary>Both losses with their gradients.</summary>
    public static (double L1, double L2, (double X1, double X2) Gradient1, (double X1, double X2) Gradient2) Evaluate(double x1, double x2)
    {
        double tanh = Math.Tanh(x2), half = Math.Tanh(x2 / 2), slope = 1 - (tanh * tanh), halfSlope = 0.5 * (1 - (half * half));
        (double c1, double d1) = x2 >= 0 ? (half, halfSlope) : (0, 0);
        (double c2, double d2) = x2 <= 0 ? (-half, -halfSlope) : (0, 0);
        (double f1, double f1X1, double f1X2) = Valley((0.5 * (-x1 - Centre)) + tanh, slope);
        (double f2, double f2X1, double f2X2) = Valley((0.5 * (-x1 + 3)) - tanh + 2, -slope);
        (double q1, double q1X1, double qX2) = Bowl(x1 - Centre, x2 - BowlX2);
        (double q2, double q2X1, _) = Bowl(x1 + Centre, x2 - BowlX2);
        return ((f1 * c1) + (q1 * c2), (f2 * c1) + (q2 * c2),
            ((f1X1 * c1) + (q1X1 * c2), (f1X2 * c1) + (f1 * d1) + (qX2 * c2) + (q1 * d2)),
            ((f2X1 * c1) + (q2X1 * c2), (f2X2 * c1) + (f2 * d1) + (qX2 * c2) + (q2 * d2)));
    }

    /// <summary>
    /// Minimisers of w L1 + (1 - w) L2 for w from 0 to 1: there x1 = 14 w - 7, and x2 minimises tanh(-x2/2) (19.6 w (1 - w) + (x2+8)^2/100 - 20).
    /// </summary>
    public static (double X1, double X2)[] ParetoSet(int points)
    {
        var set = new (double, double)[points];
        for (int i = 0; i < points; i++)
        {
            double w = (double)i / (points - 1), x1 = Centre * ((2 * w) - 1), low = -12, high = -5;
            while (high - low > 1e-9)
            {
                double third = (high - low) / 3;
                if (Weighted(w, x1, low + third) < Weighted(w, x1, high - third)) high -= third;
                else low += third;
            }

            set[i] = (x1, (low + high) / 2);
        }

        return set;
    }

    private static double Weighted(double w, double x1, double x2)
    {
        (double l1, double l2) = Losses(x1, x2);
        return (w * l1) + ((1 - w) * l2);
    }

    // log max(|u|, 5e-6) + 6 with du/dx1 = -1/2.
    private static (double Value, double X1, double X2) Valley(double u, double uX2)
        => Math.Abs(u) < Least ? (Math.Log(Least) + Lift, 0, 0) : (Math.Log(Math.Abs(u)) + Lift, -0.5 / u, uX2 / u);

    // (a^2 + b^2/10)/10 - 20.
    private static (double Value, double X1, double X2) Bowl(double a, double b) => ((((a * a) + (0.1 * b * b)) / 10) - Depth, 0.2 * a, 0.02 * b);
}
