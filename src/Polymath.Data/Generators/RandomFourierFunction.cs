using Polymath.Tensors;

namespace Polymath.Data.Generators;

/// <summary>
/// A smooth random function: a draw from a Gaussian process with a squared exponential kernel, by random Fourier features (Rahimi, Recht,
/// "Random Features for Large-Scale Kernel Machines", NIPS 2007): f(x) = sum_j theta_j sqrt(2 alpha / N) cos(w_j . x / l + b_j).
/// </summary>
/// <example><code>
/// RandomFourierFunction f = RandomFourierFunction.Draw(new RandomStream(1), dimensions: 5);
/// double y = f.At([0.1, -0.3, 0.7, 0, 0.2]);
/// </code></example>
public sealed class RandomFourierFunction
{
    private readonly double[] _frequencies;
    private readonly double[] _phases;
    private readonly double[] _amplitudes;

    /// <summary>The function of given features.</summary>
    /// <param name="frequencies">w, <c>[N, dimensions]</c>, row-major.</param>
    /// <param name="phases">b, <c>[N]</c>, in radians.</param>
    /// <param name="amplitudes">theta, <c>[N]</c>.</param>
    /// <param name="alpha">Variance of the process. Range: above 0.</param>
    /// <param name="length">l, the distance over which it changes. Range: above 0.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    public RandomFourierFunction(ReadOnlySpan<double> frequencies, ReadOnlySpan<double> phases, ReadOnlySpan<double> amplitudes, double alpha, double length)
    {
        if (phases.IsEmpty || amplitudes.Length != phases.Length || frequencies.Length % phases.Length != 0)
            throw new ArgumentException($"found {frequencies.Length} frequencies, {phases.Length} phases and {amplitudes.Length} amplitudes, expected dimensions x N, N and N.");
        Dimensions = frequencies.Length / phases.Length;
        double factor = Math.Sqrt(2 * alpha / phases.Length);
        (_frequencies, _phases, _amplitudes) = (frequencies.ToArray(), phases.ToArray(), amplitudes.ToArray());
        foreach (ref double frequency in _frequencies.AsSpan()) frequency /= length;
        foreach (ref double amplitude in _amplitudes.AsSpan()) amplitude *= factor;
    }

    /// <summary>Number of inputs.</summary>
    public int Dimensions { get; }

    /// <summary>A random function: w and theta are standard normal, b is uniform in [0, 2 pi), and l grows with the number of inputs.</summary>
    /// <param name="stream">Where it is drawn from.</param>
    /// <param name="dimensions">Number of inputs, 1 or more.</param>
    /// <param name="features">N, 1 or more.</param>
    /// <param name="alpha">Variance of the process.</param>
    /// <param name="lengthScale">l per input.</param>
    public static RandomFourierFunction Draw(RandomStream stream, int dimensions, int features = 500, double alpha = 1, double lengthScale = 0.25)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimensions);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(features);
        double[] frequencies = new double[features * dimensions], phases = new double[features], amplitudes = new double[features];
        foreach (ref double frequency in frequencies.AsSpan()) frequency = stream.NextNormalDouble();
        foreach (ref double phase in phases.AsSpan()) phase = 2 * Math.PI * stream.NextDouble();
        foreach (ref double amplitude in amplitudes.AsSpan()) amplitude = stream.NextNormalDouble();
        return new RandomFourierFunction(frequencies, phases, amplitudes, alpha, lengthScale * dimensions);
    }

    /// <summary>f(x).</summary>
    /// <param name="x"><c>[Dimensions]</c>.</param>
    public double At(ReadOnlySpan<double> x)
    {
        if (x.Length != Dimensions) throw new ArgumentException($"found {x.Length} inputs, expected {Dimensions}.", nameof(x));
        double sum = 0;
        for (int feature = 0; feature < _phases.Length; feature++)
        {
            double angle = _phases[feature];
            for (int j = 0; j < x.Length; j++) angle += _frequencies[(feature * x.Length) + j] * x[j];
            sum += _amplitudes[feature] * Math.Cos(angle);
        }

        return sum;
    }
}
