using System.Globalization;
using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// The experts of one consumer in HoME (Wang et al. 2025): all tasks, a group or a task. The consumer's feature gate makes the view of the input that
/// they read, and its self gate weighs them for the residual path. Children: <c>feature_gate</c> and <c>self_gate</c> (optional),
/// <c>experts.0</c>, ...
/// </summary>
/// <example><code>
/// var expert = new MlpOptions { Hidden = [4], BatchNorm = true, Activation = Activation.Silu };
/// var group = new ExpertGroup(6, 2, expert, new FeatureGateOptions { Rank = 2 }, 6, new RandomStream(1));
/// Tensor v = Tensor.Ones(5, 6), outputs = group.Forward(group.View(v));   // [5, 8]: two experts side by side
/// </code></example>
public sealed class ExpertGroup : Module
{
    private readonly MlpBank _bank;

    /// <summary>A group of experts.</summary>
    /// <param name="inputs">Width of v, at least 1.</param>
    /// <param name="count">K, at least 1.</param>
    /// <param name="expert">The layers of every expert.</param>
    /// <param name="featureGate">The feature gate; null for none.</param>
    /// <param name="selfGateInputs">Width of what the self gate reads; null for no self gate.</param>
    /// <param name="random">Where the initial values come from.</param>
    public ExpertGroup(int inputs, int count, MlpOptions expert, FeatureGateOptions? featureGate, int? selfGateInputs, RandomStream random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentNullException.ThrowIfNull(random);
        if (featureGate is not null) FeatureGate = Add("feature_gate", new FeatureGate(inputs, featureGate, random.Derive("feature_gate")));
        var experts = new Mlp[count];
        for (int e = 0; e < count; e++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"experts.{e}");
            experts[e] = Add(name, new Mlp(inputs, expert, random.Derive(name)));
        }

        Experts = experts;
        _bank = new MlpBank(experts);
        if (selfGateInputs is { } width) SelfGate = Add("self_gate", new SelfGate(width, count, random.Derive("self_gate")));
    }

    /// <summary>The feature gate, or null.</summary>
    public FeatureGate? FeatureGate { get; }

    /// <summary>The experts.</summary>
    public IReadOnlyList<Mlp> Experts { get; }

    /// <summary>The self gate, or null.</summary>
    public SelfGate? SelfGate { get; }

    /// <summary>Width of one expert's output.</summary>
    public int Outputs => _bank.Outputs;

    /// <inheritdoc/>
    public override long FlopsPerRow => base.FlopsPerRow + (SelfGate is null ? 0 : ExpertMixture.Flops(SelfGate.Experts, Outputs));

    /// <summary>What the experts read: v through the feature gate, or v itself without one.</summary>
    /// <param name="input">v, <c>[rows, inputs]</c>.</param>
    public Tensor View(Tensor input) => FeatureGate is null ? input : FeatureGate.Forward(input);

    /// <summary>The outputs of all experts side by side.</summary>
    /// <param name="view">What <see cref="View"/> returned.</param>
    /// <returns>Shape <c>[rows, K outputs]</c>.</returns>
    public Tensor Forward(Tensor view) => _bank.Forward(view);
}
