using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>
/// In training zeroes each element with probability <see cref="Rate"/> and scales the others by 1 / (1 - rate) (Srivastava et al. 2014); in
/// inference passes its input on. The draws come from <see cref="Module.Random"/>.
/// </summary>
/// <example><code>
/// var dropout = new Dropout(0.5f);
/// Tensor y = dropout.Forward(Tensor.Ones(2, 3));   // zeros and twos
/// dropout.Evaluate();
/// Tensor z = dropout.Forward(Tensor.Ones(2, 3));   // ones
/// </code></example>
public sealed class Dropout : Module
{
    /// <summary>A dropout.</summary>
    /// <param name="rate">Probability of zeroing, in [0, 1).</param>
    public Dropout(float rate)
    {
        if (rate is not (>= 0f and < 1f)) throw new ArgumentOutOfRangeException(nameof(rate), rate, "Dropout: expected a rate in [0, 1).");
        Rate = rate;
    }

    /// <summary>Probability of zeroing.</summary>
    public float Rate { get; }

    /// <summary>Drops elements in training.</summary>
    /// <param name="input">Any shape.</param>
    /// <returns>The same shape.</returns>
    public Tensor Forward(Tensor input) => Training ? Fused.Dropout(input, Rate, Random) : input;
}
