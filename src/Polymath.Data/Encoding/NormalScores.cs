namespace Polymath.Data;

/// <summary>
/// Maps values to standard normal scores through their rank among training values: z = Phi^-1(F(x)), F by linear interpolation
/// between quantile knots. Where values repeat, F is the middle of its jump (the mean of interpolating from the left and from
/// the right, as scikit-learn's QuantileTransformer does), so that a frequent value gets its middle rank.
/// </summary>
internal sealed class NormalScores(float[] knots)
{
    private const int MostKnots = 1000;
    internal const double Edge = 1e-7;   // Phi^-1(1e-7) = -5.2: values beyond the training range stay finite

    /// <summary>Ascending quantiles at equal steps of probability from 0 to 1.</summary>
    public float[] Knots { get; } = knots;

    /// <summary>The quantiles of some values.</summary>
    public static NormalScores Fit(ReadOnlySpan<float> values)
    {
        float[] sorted = values.ToArray();
        Array.Sort(sorted);
        int count = Math.Clamp(sorted.Length, 2, MostKnots);
        var knots = new float[count];
        for (int i = 0; i < count; i++)
        {
            double place = (double)i / (count - 1) * (sorted.Length - 1);
            int low = (int)place;
            int high = Math.Min(low + 1, sorted.Length - 1);
            knots[i] = (float)(sorted[low] + ((place - low) * ((double)sorted[high] - sorted[low])));
        }

        return new NormalScores(knots);
    }

    /// <summary>The score of a value.</summary>
    public float Score(float value)
    {
        double probability = 0.5 * (FromLeft(value) + FromRight(value));
        return (float)InverseNormal(Math.Clamp(probability, Edge, 1 - Edge));
    }

    private double FromLeft(float value)
    {
        int upper = LowerBound(value);   // first knot >= value
        if (upper == 0) return 0;
        if (upper == Knots.Length) return 1;
        return Between(upper - 1, upper, value);
    }

    private double FromRight(float value)
    {
        int upper = UpperBound(value);   // first knot > value
        if (upper == 0) return 0;
        if (upper == Knots.Length) return 1;
        return Between(upper - 1, upper, value);
    }

    private double Between(int low, int high, float value)
    {
        double part = ((double)value - Knots[low]) / ((double)Knots[high] - Knots[low]);
        return (low + part) / (Knots.Length - 1);
    }

    private int LowerBound(float value)
    {
        int low = 0, high = Knots.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Knots[middle] < value) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private int UpperBound(float value)
    {
        int low = 0, high = Knots.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Knots[middle] <= value) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>Phi^-1, algorithm AS 241 (Wichura 1988, PPND16): relative error about 1e-16.</summary>
    internal static double InverseNormal(double p)
    {
        double q = p - 0.5;
        if (Math.Abs(q) <= 0.425)
        {
            double r = 0.180625 - (q * q);
            return q * Ratio(CentreNumerator, CentreDenominator, r);
        }

        double tail = Math.Sqrt(-Math.Log(q < 0 ? p : 1 - p));
        double z = tail <= 5 ? Ratio(TailNumerator, TailDenominator, tail - 1.6) : Ratio(FarNumerator, FarDenominator, tail - 5);
        return q < 0 ? -z : z;
    }

    private static double Ratio(double[] numerator, double[] denominator, double x)
    {
        double above = 0, below = 0;
        for (int i = numerator.Length - 1; i >= 0; i--) above = (above * x) + numerator[i];
        for (int i = denominator.Length - 1; i >= 0; i--) below = (below * x) + denominator[i];
        return above / below;
    }

    internal static readonly double[] CentreNumerator =
        [3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727];

    internal static readonly double[] CentreDenominator =
        [1, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077, 21213.794301586595867, 39307.895800092710610, 28729.085735721942674, 5226.4952788528545610];

    internal static readonly double[] TailNumerator =
        [1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504, 1.27045825245236838258, 0.241780725177450611770, 0.0227238449892691845833, 7.74545014278341407640e-4];

    internal static readonly double[] TailDenominator =
        [1, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550, 0.148103976427480074590, 0.0151986665636164571966, 5.47593808499534494600e-4, 1.05075007164441684324e-9];

    private static readonly double[] FarNumerator =
        [6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 0.296560571828504891230, 0.0265321895265761230930, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7];

    private static readonly double[] FarDenominator =
        [1, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525, 7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15];
}
