using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Balancing;

/// <summary>The inexact minimum-norm searches of the two reference libraries, kept step for step for comparison.</summary>
internal static class MGDAReference
{
    private const int MaxIterations = 250;
    private const double StopChange = 1e-5, Ignorable = 1e-7, NearOne = 0.999, NearZero = 0.001;

    /// <summary>TorchJD@46962c2 aggregation/_mgda.py: Frank-Wolfe (Sener and Koltun 2018, algorithm 2) from 1/K.</summary>
    public static void FrankWolfe(ReadOnlySpan<double> gramian, double epsilon, int maxIterations, Span<double> weights)
    {
        int n = weights.Length;
        weights.Fill(1.0 / n);
        double[] product = new double[n];
        for (int iteration = 0; iteration < maxIterations; iteration++)
        {
            int t = 0;
            double b = 0;
            for (int i = 0; i < n; i++)
            {
                product[i] = 0;
                for (int j = 0; j < n; j++) product[i] += gramian[(i * n) + j] * weights[j];
                b += weights[i] * product[i];
                if (product[i] < product[t]) t = i;
            }

            double a = product[t], c = gramian[(t * n) + t];
            double step = c <= a ? 1 : b <= a ? 0 : (b - a) / (b + c - (2 * a));
            for (int i = 0; i < n; i++) weights[i] *= 1 - step;
            weights[t] += step;
            if (step < epsilon) break;
        }
    }

    /// <summary>LibMTL@4336804 weighting/MGDA.py: the best pair, then projected steps; on convergence the point before the last step is returned.</summary>
    public static void BestPairThenProject(ReadOnlySpan<double> gramian, Span<double> weights)
    {
        int n = weights.Length;
        if (n == 1)
        {
            weights[0] = 1;
            return;
        }

        BestPair(gramian, weights);
        if (n < 3) return;
        double[] next = new double[n];
        for (int iteration = 0; iteration < MaxIterations; iteration++)
        {
            NextPoint(gramian, weights, next);
            double v11 = Form(gramian, weights, weights), v12 = Form(gramian, weights, next), v22 = Form(gramian, next, next);
            (double keep, _) = OnSegment(v11, v12, v22);
            double change = 0;
            for (int i = 0; i < n; i++)
            {
                next[i] = (keep * weights[i]) + ((1 - keep) * next[i]);
                change += Math.Abs(next[i] - weights[i]);
            }

            if (!(change >= StopChange)) return;
            next.CopyTo(weights);
        }
    }

    private static void BestPair(ReadOnlySpan<double> gramian, Span<double> weights)
    {
        int n = weights.Length;
        (int I, int J, double Gamma) best = (0, 1, 0.5);
        double least = double.PositiveInfinity;
        for (int i = 0; i < n; i++)
        {
            for (int j = i + 1; j < n; j++)
            {
                (double gamma, double cost) = OnSegment(gramian[(i * n) + i], gramian[(i * n) + j], gramian[(j * n) + j]);
                if (cost < least) (least, best) = (cost, (i, j, gamma));
            }
        }

        weights.Clear();
        weights[best.I] = best.Gamma;
        weights[best.J] = 1 - best.Gamma;
    }

    /// <summary>Share of the first of two vectors in the (clamped) minimum-norm point of their segment, and its squared norm.</summary>
    private static (double Gamma, double Cost) OnSegment(double v11, double v12, double v22)
    {
        if (v12 >= v11) return (NearOne, v11);
        if (v12 >= v22) return (NearZero, v22);
        double gamma = -(v12 - v22) / (v11 + v22 - (2 * v12));
        return (gamma, v22 + (gamma * (v12 - v22)));
    }

    private static void NextPoint(ReadOnlySpan<double> gramian, ReadOnlySpan<double> point, double[] next)
    {
        int n = point.Length;
        double mean = 0;
        for (int i = 0; i < n; i++)
        {
            next[i] = 0;
            for (int j = 0; j < n; j++) next[i] -= gramian[(i * n) + j] * point[j];
            mean += next[i] / n;
        }

        double down = double.PositiveInfinity, up = double.PositiveInfinity;
        for (int i = 0; i < n; i++)
        {
            next[i] -= mean;
            if (next[i] < 0 && -point[i] / next[i] > Ignorable) down = Math.Min(down, -point[i] / next[i]);
            if (next[i] > 0 && (1 - point[i]) / next[i] > Ignorable) up = Math.Min(up, (1 - point[i]) / next[i]);
        }

        // The reference starts from 1 and lets the downward limit replace it, not only lower it.
        double step = Math.Min(double.IsInfinity(down) ? 1 : down, up);
        for (int i = 0; i < n; i++) next[i] = (next[i] * step) + point[i];
        SimplexProjection.Project(next, next);
    }

    private static double Form(ReadOnlySpan<double> gramian, ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            for (int j = 0; j < y.Length; j++) sum += x[i] * gramian[(i * x.Length) + j] * y[j];
        }

        return sum;
    }
}
