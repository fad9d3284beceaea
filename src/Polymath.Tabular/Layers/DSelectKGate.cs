using System.Numerics;
using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// DSelect-k (Hazimeh et al. 2021): a differentiable gate that ends up using at most k of E experts. Every selector writes the number of an
/// expert in m = ceil(log2 E) relaxed bits s = S(z), S a smooth step that reaches 0 and 1; expert e gets r_e = prod_j (bit_j(e) ? s_j : 1 - s_j), most
/// significant bit first, and the selectors are mixed with softmax weights: g = sum_i softmax(w)_i r^(i). Parameters: <c>z</c>
/// <c>[selectors, m]</c> and <c>w</c> <c>[selectors]</c>, or linear maps <c>z</c>, <c>w</c> of the row.
/// </summary>
/// <remarks>
/// When E is not a power of two some codes name no expert: weights sum to less than 1 until the penalty has moved the selectors away from them.
/// After google-research dselect_k_moe; LibMTL's port ignores gamma and trains with the last task's penalty only.
/// </remarks>
/// <example><code>
/// var gate = new DSelectKGate(6, new DSelectKGateOptions { Experts = 4, Selectors = 2 }, new RandomStream(1));
/// Tensor weights = gate.Forward(Tensor.Ones(3, 6), out Tensor penalty);   // [3, 4]
/// </code></example>
public sealed class DSelectKGate : Module
{
    // Added inside the logarithm, and the least mass that a selector is taken to leave to the experts.
    private const float Epsilon = 1e-6f;

    private readonly DSelectKGateOptions _options;
    private readonly Parameter? _z, _w;
    private readonly Linear? _codes, _mix;
    private readonly int _bits;

    /// <summary>A gate.</summary>
    /// <param name="inputs">Width of the rows that an example-conditioned gate reads, at least 1.</param>
    /// <param name="options">Experts, selectors and shape of the step.</param>
    /// <param name="random">Where the initial values come from.</param>
    /// <exception cref="ModelException">There are more selectors than experts, or a number is out of range.</exception>
    public DSelectKGate(int inputs, DSelectKGateOptions options, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        options.Validate();
        _options = options;
        _bits = BitOperations.Log2((uint)(options.Experts - 1)) + 1;

        // Codes start near the middle of the step, where every expert has about the same weight.
        Initializer codes = Initializer.Uniform(options.Gamma / 100), mix = Initializer.Uniform(0.05f);
        if (options.Conditioning == GateConditioning.Example)
        {
            _codes = Add("z", new Linear(inputs, options.Selectors * _bits, random.Derive("z"), bias: true, codes, codes));
            _mix = Add("w", new Linear(inputs, options.Selectors, random.Derive("w"), bias: true, mix, Initializer.Zeros));
        }
        else
        {
            _z = Register("z", codes.Create([options.Selectors, _bits], random.Derive("z")));
            _w = Register("w", mix.Create([options.Selectors], 1, options.Selectors, random.Derive("w")));
        }
    }

    /// <summary>Number of experts, E.</summary>
    public int Experts => _options.Experts;

    /// <summary>The weights of the experts, and the gate's penalty.</summary>
    /// <param name="input">The rows, <c>[rows, inputs]</c>; a task-conditioned gate reads their number only.</param>
    /// <param name="penalty">One element: entropy of the selectors and, when E is not a power of two, the pull away from unused codes. Empty when there is neither.</param>
    /// <returns>Shape <c>[rows, experts]</c>.</returns>
    public Tensor Forward(Tensor input, out Tensor penalty)
    {
        int selectors = _options.Selectors, count = _options.Experts, rows = _codes is null ? 1 : input.Shape[0];
        Tensor bits = Step((_codes is null ? _z!.Value : _codes.Forward(input)).Reshape(rows, selectors, _bits));
        Tensor mix = (_mix is null ? _w!.Value.Reshape(1, selectors) : _mix.Forward(input)).Softmax();
        Tensor codes = Codes(bits, rows);
        penalty = Penalty(codes);
        Tensor weights = Fused.Mixture(mix, codes.Reshape(rows, selectors * count));
        return rows == input.Shape[0] ? weights : weights.BroadcastTo(input.Shape[0], count);
    }

    /// <summary>S(t) = 0 up to -gamma/2, -2 t^3 / gamma^3 + 3 t / (2 gamma) + 1/2 in between, 1 from gamma/2.</summary>
    private Tensor Step(Tensor t)
    {
        float gamma = _options.Gamma;
        Tensor inside = t.Clamp(-gamma / 2, gamma / 2);
        return (inside * ((inside * inside * (-2f / (gamma * gamma * gamma))) + (3f / (2f * gamma)))) + 0.5f;
    }

    /// <summary>r_e of every selector, <c>[rows, selectors, experts]</c>.</summary>
    private Tensor Codes(Tensor bits, int rows)
    {
        int selectors = _options.Selectors;
        Tensor codes = default;
        for (int bit = 0; bit < _bits; bit++)
        {
            Tensor one = bits.Slice(2, bit, 1), pair = Tensor.Concat([1f - one, one], 2);
            codes = bit == 0 ? pair : (codes.Reshape(rows, selectors, 1 << bit, 1) * pair.Reshape(rows, selectors, 1, 2)).Reshape(rows, selectors, 2 << bit);
        }

        return codes.Shape[2] == _options.Experts ? codes : codes.Slice(2, 0, _options.Experts);
    }

    private Tensor Penalty(Tensor codes)
    {
        if (!Training) return default;
        Tensor entropy = _options.Entropy == 0 ? default : (codes * (codes + Epsilon).Log()).Sum() * -_options.Entropy;
        if (1 << _bits == _options.Experts) return entropy;
        Tensor lost = Tensor.Maximum(codes.Sum(2), Tensor.Scalar(Epsilon)).Pow(-1f).Sum();
        return entropy.IsEmpty ? lost : entropy + lost;
    }
}
