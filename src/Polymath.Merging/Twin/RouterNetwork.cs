using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Merging.Twin;

/// <summary>
/// The router's network: twice a linear map, batch normalisation, leaky ReLU of slope 0.01 and dropout, then a linear map to logits. Children as in
/// the released code: <c>fc1</c>, <c>bn1</c>, <c>fc3</c>, <c>bn3</c>, <c>fc4</c>.
/// </summary>
internal sealed class RouterNetwork : Module
{
    private const float Slope = 0.01f;
    private readonly Linear _first, _second, _output;
    private readonly BatchNorm1d _firstNorm, _secondNorm;
    private readonly Dropout _dropout;

    public RouterNetwork(int features, int hidden, int tasks, float dropout, RandomStream random)
    {
        _first = Add("fc1", new Linear(features, hidden, random));
        _firstNorm = Add("bn1", new BatchNorm1d(hidden));
        _second = Add("fc3", new Linear(hidden, hidden, random));
        _secondNorm = Add("bn3", new BatchNorm1d(hidden));
        _output = Add("fc4", new Linear(hidden, tasks, random));
        _dropout = Add("dropout", new Dropout(dropout));
    }

    public int Features => _first.Inputs;

    public int Hidden => _first.Outputs;

    /// <summary>Logits, <c>[rows, tasks]</c>.</summary>
    public Tensor Forward(Tensor features) => _output.Forward(Layer(Layer(features, _first, _firstNorm), _second, _secondNorm));

    private Tensor Layer(Tensor input, Linear linear, BatchNorm1d norm)
    {
        Tensor x = norm.Forward(linear.Forward(input));
        return _dropout.Forward(Tensor.Maximum(x, x * Slope));
    }
}
