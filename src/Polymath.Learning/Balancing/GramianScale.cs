namespace Polymath.Learning.Balancing;

/// <summary>Normalisation of a Gramian by its trace, shared by the rules that follow TorchJD.</summary>
internal static class GramianScale
{
    public static double Trace(ReadOnlySpan<double> gramian, int size)
    {
        double trace = 0;
        for (int i = 0; i < size; i++) trace += gramian[(i * size) + i];
        return trace;
    }

    /// <summary>destination = gramian / trace, or zero and false when the trace is zero or below <paramref name="normEps"/>.</summary>
    public static bool Normalize(ReadOnlySpan<double> gramian, int size, double normEps, Span<double> destination)
    {
        double trace = Trace(gramian, size);
        if (!(trace > 0) || trace < normEps)
        {
            destination.Clear();
            return false;
        }

        for (int i = 0; i < destination.Length; i++) destination[i] = gramian[i] / trace;
        return true;
    }
}
