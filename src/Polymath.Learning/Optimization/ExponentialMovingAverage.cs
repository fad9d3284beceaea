using System.Numerics;

namespace Polymath.Learning.Optimization;

/// <summary>
/// An exponential moving average of the weights (Polyak and Juditsky 1992 in spirit): a -= (1 - decay)(a - p) after every step, a = p at the
/// first. Swap it in to evaluate or save, and swap back to go on training. Running statistics are not averaged.
/// </summary>
/// <example><code>
/// var average = new ExponentialMovingAverage(0.99);
/// float[] parameters = [1f];
/// average.Update(parameters);       // after every optimiser step
/// average.Swap(parameters);         // evaluate with the average ...
/// average.Swap(parameters);         // ... and go on
/// </code></example>
public sealed class ExponentialMovingAverage
{
    private float[] _average = [];

    /// <summary>An average.</summary>
    /// <param name="decay">Share of the old average that stays, in [0, 1).</param>
    /// <param name="rampUp">Use min(decay, (1 + n) / (10 + n)) at update n, so that early weights are soon forgotten.</param>
    public ExponentialMovingAverage(double decay = 0.999, bool rampUp = false)
    {
        if (decay is not (>= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(decay), decay, "expected a decay in [0, 1).");
        Decay = decay;
        RampUp = rampUp;
    }

    /// <summary>Share of the old average that stays.</summary>
    public double Decay { get; }

    /// <summary>Whether early updates use a smaller decay.</summary>
    public bool RampUp { get; }

    /// <summary>Updates so far; save it with <see cref="State"/>.</summary>
    public long Updates { get; private set; }

    /// <summary>Whether the parameters hold the average now.</summary>
    public bool Swapped { get; private set; }

    /// <summary>The average as a named array, empty before the first update; the live array.</summary>
    public IEnumerable<(string Name, float[] Values)> State => Updates == 0 ? [] : [("average", _average)];

    /// <summary>Takes in the weights after a step.</summary>
    /// <param name="parameters">The block.</param>
    /// <exception cref="InvalidOperationException">The average is swapped in.</exception>
    /// <exception cref="OptimizerException">The length has changed.</exception>
    public void Update(ReadOnlySpan<float> parameters)
    {
        if (Swapped) throw new InvalidOperationException("the average is swapped in, swap it back before the next update.");
        if (Updates == 0)
        {
            if (_average.Length != parameters.Length) _average = new float[parameters.Length];
            parameters.CopyTo(_average);
        }
        else
        {
            RequireLength(parameters.Length);
            double decay = RampUp ? Math.Min(Decay, (1.0 + Updates) / (10.0 + Updates)) : Decay;
            UpdateLoop.Run(new Rule { Fresh = (float)(1 - decay) }, 1f, _average, parameters, default, default);
        }

        Updates++;
    }

    /// <summary>Exchanges the weights and the average; the second call undoes the first.</summary>
    /// <param name="parameters">The block.</param>
    /// <exception cref="OptimizerException">There is no average yet, or the length differs.</exception>
    public void Swap(Span<float> parameters)
    {
        if (Updates == 0) throw new OptimizerException("there is no average before the first update.");
        RequireLength(parameters.Length);
        for (int i = 0; i < parameters.Length; i++) (parameters[i], _average[i]) = (_average[i], parameters[i]);
        Swapped = !Swapped;
    }

    /// <summary>Restores a saved average.</summary>
    /// <param name="updates">Updates so far.</param>
    /// <param name="average">The average; copied.</param>
    public void Load(long updates, ReadOnlySpan<float> average)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(updates);
        Updates = updates;
        Swapped = false;
        _average = average.ToArray();
    }

    private void RequireLength(int length)
    {
        if (length != _average.Length) throw new OptimizerException($"ExponentialMovingAverage: found {length} parameters, expected {_average.Length}.");
    }

    /// <summary>The average moves towards the weights, which stand in the place of a gradient.</summary>
    private struct Rule : IUpdateRule
    {
        public float Fresh;

        public static int Memories => 0;

        public readonly void Apply(ref Vector<float> parameter, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second)
            => parameter -= (parameter - gradient) * Fresh;
    }
}
