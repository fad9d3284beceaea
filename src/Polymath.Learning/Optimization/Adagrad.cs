using System.Globalization;
using System.Numerics;

namespace Polymath.Learning.Optimization;

/// <summary>
/// Adagrad (Duchi et al. 2011): g += decay p; s += g^2; p -= lr / (1 + (t - 1) rateDecay) g / (sqrt(s) + eps), s starting at a given value.
/// </summary>
/// <example><code>
/// Optimizer optimizer = new Adagrad(learningRate: 0.05);
/// </code></example>
public sealed class Adagrad : Optimizer
{
    private float[] _squares = [];

    /// <summary>An optimiser.</summary>
    /// <param name="learningRate">The base rate, 0 or more.</param>
    /// <param name="rateDecay">How fast the rate falls with the steps, 0 or more.</param>
    /// <param name="initialSquares">Where the sums of squares start, 0 or more.</param>
    /// <param name="epsilon">Added to the root, more than 0.</param>
    /// <param name="weightDecay">Added to the gradient times the parameter, 0 or more.</param>
    public Adagrad(double learningRate = 1e-2, double rateDecay = 0, double initialSquares = 0, double epsilon = 1e-10, double weightDecay = 0)
        : base(learningRate, weightDecay)
    {
        RateDecay = RequireNotNegative(rateDecay, nameof(rateDecay));
        InitialSquares = RequireNotNegative(initialSquares, nameof(initialSquares));
        if (!(epsilon > 0) || !double.IsFinite(epsilon)) throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "expected a finite number more than 0.");
        Epsilon = epsilon;
    }

    /// <summary>How fast the rate falls with the steps.</summary>
    public double RateDecay { get; }

    /// <summary>Where the sums of squares start.</summary>
    public double InitialSquares { get; }

    /// <summary>Added to the root.</summary>
    public double Epsilon { get; }

    /// <inheritdoc/>
    public override string Name => string.Create(CultureInfo.InvariantCulture, $"adagrad:rate_decay={RateDecay},initial_squares={InitialSquares},epsilon={Epsilon},weight_decay={WeightDecay}");

    /// <inheritdoc/>
    public override IEnumerable<(string Name, float[] Values)> State => [("sum_of_squares", _squares)];

    /// <inheritdoc/>
    protected override void Allocate(int count)
    {
        _squares = new float[count];
        Array.Fill(_squares, (float)InitialSquares);
    }

    /// <inheritdoc/>
    protected override void Update(Span<float> parameters, ReadOnlySpan<float> gradients, int start, double rate, double weightDecay, float scale)
    {
        var rule = new Rule { Rate = (float)(rate / (1 + ((Steps - 1) * RateDecay))), Decay = (float)weightDecay, Epsilon = (float)Epsilon };
        UpdateLoop.Run(rule, scale, parameters, gradients, _squares.AsSpan(start, parameters.Length), default);
    }

    private struct Rule : IUpdateRule
    {
        public float Rate, Decay, Epsilon;

        public static int Memories => 1;

        public readonly void Apply(ref Vector<float> parameter, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second)
        {
            Vector<float> g = gradient + (parameter * Decay);
            first += g * g;
            parameter -= g * Rate / (Vector.SquareRoot(first) + new Vector<float>(Epsilon));
        }
    }
}
