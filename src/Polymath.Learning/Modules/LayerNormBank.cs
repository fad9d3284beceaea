using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>Layer normalisations of one width run side by side, each over its own columns.</summary>
internal sealed class LayerNormBank
{
    private readonly Tensor[] _weights, _biases;
    private readonly Tensor _one, _zero;
    private readonly float _epsilon;

    public LayerNormBank(LayerNorm[] members)
    {
        _weights = [.. members.Select(member => member.Weight.Value)];
        _biases = [.. members.Select(member => member.Bias.Value)];
        (_one, _zero) = (Tensor.Ones(members[0].Features).Keep(), Tensor.Zeros(members[0].Features).Keep());
        _epsilon = members[0].Epsilon;
    }

    /// <summary><c>[rows, M features]</c>: every member's columns normalised, then all scaled and shifted at once.</summary>
    public Tensor Forward(Tensor input)
    {
        int rows = input.Shape[0], features = _one.Shape[0];
        Tensor normal = Fused.LayerNorm(input.Reshape(rows * _weights.Length, features), _one, _zero, _epsilon).Reshape(rows, _weights.Length * features);
        return (normal * Tensor.Concat(_weights, 0)) + Tensor.Concat(_biases, 0);
    }
}
