using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>Linear maps of one shape run side by side.</summary>
internal sealed class LinearBank
{
    private readonly Tensor[] _weights, _biases;

    public LinearBank(Linear[] members)
    {
        _weights = [.. members.Select(member => member.Weight.Value)];
        _biases = members[0].Bias is null ? [] : [.. members.Select(member => member.Bias!.Value)];
    }

    /// <summary>f of all maps of the same x, as one product: <c>[rows, in]</c> becomes <c>[rows, M out]</c>.</summary>
    public Tensor OnOneInput(Tensor input, Activation activation = Activation.Identity)
        => Fused.Linear(input, Tensor.Concat(_weights, 0), _biases.Length == 0 ? default : Tensor.Concat(_biases, 0), activation);

    /// <summary>f of every map of its own columns: <c>[rows, M in]</c> becomes <c>[rows, M out]</c>.</summary>
    public Tensor OnOwnColumns(Tensor input, Activation activation = Activation.Identity) => Fused.GroupedLinear(input, _weights, _biases, activation);
}
