using System.Globalization;
using System.Numerics;

namespace Polymath.Learning.Optimization;

/// <summary>
/// Gradient descent with momentum (Sutskever et al. 2013, in torch's form): g += decay p; b = momentum b + (1 - dampening) g, at the first
/// step b = g; p -= lr b, or with Nesterov p -= lr (g + momentum b).
/// </summary>
/// <example><code>
/// Optimizer optimizer = new Sgd(learningRate: 0.1, momentum: 0.9, nesterov: true);
/// </code></example>
public sealed class Sgd : Optimizer
{
    private float[] _momentum = [];

    /// <summary>An optimiser.</summary>
    /// <param name="learningRate">The base rate, 0 or more.</param>
    /// <param name="momentum">Share of the previous step that stays, in [0, 1).</param>
    /// <param name="nesterov">Look ahead; needs momentum and no dampening.</param>
    /// <param name="dampening">What the gradient loses when it enters the momentum, in [0, 1).</param>
    /// <param name="weightDecay">Added to the gradient times the parameter, 0 or more.</param>
    public Sgd(double learningRate = 1e-2, double momentum = 0, bool nesterov = false, double dampening = 0, double weightDecay = 0)
        : base(learningRate, weightDecay)
    {
        Momentum = RequireShare(momentum, nameof(momentum));
        Dampening = RequireShare(dampening, nameof(dampening));
        if (nesterov && (momentum == 0 || dampening != 0)) throw new ArgumentException($"nesterov with momentum {momentum} and dampening {dampening}, expected momentum more than 0 and no dampening.", nameof(nesterov));
        Nesterov = nesterov;
    }

    /// <summary>Share of the previous step that stays.</summary>
    public double Momentum { get; }

    /// <summary>What the gradient loses when it enters the momentum.</summary>
    public double Dampening { get; }

    /// <summary>Whether it looks ahead.</summary>
    public bool Nesterov { get; }

    /// <inheritdoc/>
    public override string Name => string.Create(CultureInfo.InvariantCulture, $"sgd:momentum={Momentum},nesterov={Nesterov},dampening={Dampening},weight_decay={WeightDecay}");

    /// <inheritdoc/>
    public override IEnumerable<(string Name, float[] Values)> State => Momentum == 0 ? [] : [("momentum", _momentum)];

    /// <inheritdoc/>
    protected override void Allocate(int count) => _momentum = Momentum == 0 ? [] : new float[count];

    /// <inheritdoc/>
    protected override void Update(Span<float> parameters, ReadOnlySpan<float> gradients, int start, double rate, double weightDecay, float scale)
    {
        if (Momentum == 0)
        {
            UpdateLoop.Run(new Plain { Rate = (float)rate, Decay = (float)weightDecay }, scale, parameters, gradients, default, default);
            return;
        }

        bool first = Steps == 1;
        var rule = new Heavy
        {
            Rate = (float)rate,
            Decay = (float)weightDecay,
            Kept = first ? 0f : (float)Momentum,
            Entering = first ? 1f : (float)(1 - Dampening),
            Ahead = (float)Momentum,
            Nesterov = Nesterov,
        };
        UpdateLoop.Run(rule, scale, parameters, gradients, _momentum.AsSpan(start, parameters.Length), default);
    }

    private struct Plain : IUpdateRule
    {
        public float Rate, Decay;

        public static int Memories => 0;

        public readonly void Apply(ref Vector<float> parameter, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second)
            => parameter -= (gradient + (parameter * Decay)) * Rate;
    }

    private struct Heavy : IUpdateRule
    {
        public float Rate, Decay, Kept, Entering, Ahead;
        public bool Nesterov;

        public static int Memories => 1;

        public readonly void Apply(ref Vector<float> parameter, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second)
        {
            Vector<float> g = gradient + (parameter * Decay);
            first = (first * Kept) + (g * Entering);
            parameter -= (Nesterov ? g + (first * Ahead) : first) * Rate;
        }
    }
}
