namespace Polymath.Tests;

/// <summary>Double-precision functions that the framework does not have.</summary>
internal static class Reference
{
    /// <summary>The error function: its Taylor series below 3, one minus Laplace's continued fraction above.</summary>
    public static double Erf(double x)
    {
        double t = Math.Abs(x);
        if (t < 3)
        {
            double term = x, sum = x;
            for (int n = 1; n < 80; n++)
            {
                term *= -x * x / n;
                sum += term / ((2 * n) + 1);
            }

            return 2 / Math.Sqrt(Math.PI) * sum;
        }

        double fraction = 0;
        for (int n = 60; n >= 1; n--) fraction = n / 2.0 / (t + fraction);
        return Math.Sign(x) * (1 - (Math.Exp(-t * t) / (Math.Sqrt(Math.PI) * (t + fraction))));
    }

    public static double Gelu(double x) => 0.5 * x * (1 + Erf(x / Math.Sqrt(2)));

    public static double GeluTanh(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

    public static double Softplus(double x) => Math.Max(x, 0) + LogOnePlus(Math.Exp(-Math.Abs(x)));

    // Kahan's correction: exact where 1 + u rounds.
    private static double LogOnePlus(double u) => 1 + u == 1 ? u : Math.Log(1 + u) * u / (1 + u - 1);
}
