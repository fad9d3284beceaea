namespace Polymath.Reproductions.ActiveMtrlLasso;

/// <summary>Values of several methods over repetitions that run side by side; where a value is written depends on nothing but its repetition.</summary>
internal sealed class Measurements(int methods, int repetitions)
{
    private readonly double[][] _values = [.. Enumerable.Range(0, methods).Select(_ => new double[repetitions])];

    /// <summary>[repetitions] of one method.</summary>
    public double[] this[int method] => _values[method];

    /// <summary>The mean of one method.</summary>
    public double Mean(int method) => _values[method].Average();

    /// <summary>Runs every repetition, on all processors.</summary>
    /// <param name="measure">Repetition to one value a method.</param>
    /// <param name="finished">Told after each.</param>
    /// <param name="token">Stops between repetitions.</param>
    public void Run(Func<int, double[]> measure, Action finished, CancellationToken token)
    {
        var sync = new Lock();
        Parallel.For(0, repetitions, new ParallelOptions { CancellationToken = token, MaxDegreeOfParallelism = Environment.ProcessorCount }, repetition =>
        {
            double[] values = measure(repetition);
            for (int method = 0; method < methods; method++) _values[method][repetition] = values[method];
            lock (sync) finished();
        });
    }
}
