namespace Polymath.Tests;

/// <summary>Derivatives of linear functionals of a float64 reference, L_k(x) = sum_j c_kj y_j(x), by central differences.</summary>
internal static class FiniteDifferences
{
    private const double FirstStep = 1e-5, SecondStep = 3e-4;

    /// <summary>dL_k / dx for one input.</summary>
    /// <returns>[tasks][elements].</returns>
    public static double[][] First(Func<Dense[], Dense> reference, Dense[] inputs, int[] moved, double[][] functionals)
    {
        int count = inputs[moved[0]].Values.Length;
        double[][] result = [.. functionals.Select(_ => new double[count])];
        for (int i = 0; i < count; i++)
        {
            double[] up = Shifted(reference, inputs, moved, i, FirstStep), down = Shifted(reference, inputs, moved, i, -FirstStep);
            for (int k = 0; k < functionals.Length; k++) result[k][i] = (Dot(functionals[k], up) - Dot(functionals[k], down)) / (2 * FirstStep);
        }

        return result;
    }

    /// <summary>The gradient with respect to one input of S = sum_k d_k · grad L_k, where d_k runs over all inputs.</summary>
    public static double[] Second(Func<Dense[], Dense> reference, Dense[] inputs, int moved, double[][] functionals, double[][][] directions)
    {
        double[] result = new double[inputs[moved].Values.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = (Slope(SecondStep) - Slope(-SecondStep)) / (2 * SecondStep);

            double Slope(double step)
            {
                double held = inputs[moved].Values[i], sum = 0;
                inputs[moved].Values[i] = held + step;
                for (int k = 0; k < functionals.Length; k++)
                    sum += (Dot(functionals[k], Along(reference, inputs, directions[k], SecondStep)) - Dot(functionals[k], Along(reference, inputs, directions[k], -SecondStep))) / (2 * SecondStep);
                inputs[moved].Values[i] = held;
                return sum;
            }
        }

        return result;
    }

    private static double[] Shifted(Func<Dense[], Dense> reference, Dense[] inputs, int[] moved, int element, double step)
    {
        double[] held = [.. moved.Select(m => inputs[m].Values[element])];
        foreach (int m in moved) inputs[m].Values[element] += step;
        // A copy: the reference of a reshape returns the very values that are put back below.
        double[] result = [.. reference(inputs).Values];
        for (int m = 0; m < moved.Length; m++) inputs[moved[m]].Values[element] = held[m];
        return result;
    }

    private static double[] Along(Func<Dense[], Dense> reference, Dense[] inputs, double[][] direction, double step)
        => reference([.. inputs.Select((input, m) => new Dense(input.Shape, [.. input.Values.Select((v, j) => v + (step * direction[m][j]))]))]).Values;

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }
}
