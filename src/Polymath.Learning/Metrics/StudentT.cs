namespace Polymath.Learning.Metrics;

/// <summary>Student's t distribution with a whole number of degrees of freedom, for intervals of a mean over few repetitions.</summary>
/// <example><code>
/// double half = StudentT.Quantile(0.95, differences.Length - 1) * deviation / Math.Sqrt(differences.Length);
/// </code></example>
public static class StudentT
{
    /// <summary>The probability that |t| is at most some value, in closed form (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4).</summary>
    /// <param name="t">0 or more.</param>
    /// <param name="degrees">Degrees of freedom, 1 or more.</param>
    public static double Within(double t, int degrees)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(t);
        return WithinAngle(Math.Atan(t / Math.Sqrt(degrees)), degrees);
    }

    /// <summary>The value that |t| does not exceed with some probability: 12.706 for 0.95 with one degree of freedom, 1.96 with very many.</summary>
    /// <param name="probability">Above 0 and below 1.</param>
    /// <param name="degrees">Degrees of freedom, 1 or more.</param>
    public static double Quantile(double probability, int degrees)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        if (!(probability > 0 && probability < 1)) throw new ArgumentOutOfRangeException(nameof(probability), probability, "expected a probability above 0 and below 1.");

        // Over the angle atan(t / sqrt(degrees)) the probability grows from 0 to 1 within a bounded interval.
        double low = 0, high = Math.PI / 2;
        for (double middle = high / 2; middle > low && middle < high; middle = (low + high) / 2)
        {
            if (WithinAngle(middle, degrees) < probability) low = middle;
            else high = middle;
        }

        return Math.Tan(low) * Math.Sqrt(degrees);
    }

    private static double WithinAngle(double angle, int degrees)
    {
        double sine = Math.Sin(angle), cosine = Math.Cos(angle), square = cosine * cosine;
        bool odd = degrees % 2 == 1;

        // odd: cos + 2/3 cos^3 + 2*4/(3*5) cos^5 + ...; even: 1 + 1/2 cos^2 + 1*3/(2*4) cos^4 + ...
        double term = odd ? cosine : 1, sum = degrees == 1 ? 0 : term;
        for (int k = odd ? 3 : 2; k <= degrees - 2; k += 2)
        {
            term *= square * (k - 1) / k;
            sum += term;
        }

        return odd ? 2 / Math.PI * (angle + (sine * sum)) : sine * sum;
    }
}
