using System.Text.Json;
using Polymath.Learning;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Merging.Tests;

/// <summary>The two-layer tanh network of the golden files, of any widths: y = l2(tanh(l1 x)), with the tensors' own names.</summary>
internal sealed class GoldenNetwork : Module
{
    private readonly Parameter _firstWeight, _secondWeight;
    private readonly Parameter? _firstBias, _secondBias;

    /// <summary>A network with the weights, and under the names, of a state: weight matrices have two axes, biases one, in the order of the layers.</summary>
    public GoldenNetwork(ModelState theta0)
    {
        Parameter? firstWeight = null, secondWeight = null;
        foreach (IGrouping<string, string> layer in theta0.Names.Where(name => name.Contains('.', StringComparison.Ordinal)).GroupBy(name => name[..name.IndexOf('.', StringComparison.Ordinal)]))
        {
            var child = Add(layer.Key, new Layer(theta0, layer.Key));
            if (firstWeight is null) (firstWeight, _firstBias) = (child.Weight, child.Bias);
            else (secondWeight, _secondBias) = (child.Weight, child.Bias);
        }

        foreach (string name in theta0.Names.Where(name => !name.Contains('.', StringComparison.Ordinal)))
        {
            Parameter parameter = Register(name, Tensor.FromArray(theta0[name], theta0.ShapeOf(theta0.IndexOf(name)).Axis));
            if (parameter.Shape.Rank == 2) (firstWeight, secondWeight) = firstWeight is null ? (parameter, null) : (firstWeight, parameter);
            else if (secondWeight is null) _firstBias = parameter;
            else _secondBias = parameter;
        }

        (_firstWeight, _secondWeight) = (firstWeight!, secondWeight!);
    }

    public Tensor Forward(Tensor input)
    {
        Tensor hidden = Fused.Linear(input, _firstWeight.Value, _firstBias is null ? default : _firstBias.Value, Activation.Tanh);
        return Fused.Linear(hidden, _secondWeight.Value, _secondBias is null ? default : _secondBias.Value);
    }

    /// <summary>Rows of nested lists as a tensor.</summary>
    public static Tensor Rows(JsonElement rows) => Tensor.FromArray(GoldenModels.Flat(rows), rows.GetArrayLength(), rows[0].GetArrayLength());

    private sealed class Layer : Module
    {
        public Layer(ModelState theta0, string name)
        {
            Weight = Register("weight", Tensor.FromArray(theta0[$"{name}.weight"], theta0.ShapeOf(theta0.IndexOf($"{name}.weight")).Axis));
            Bias = Register("bias", Tensor.FromArray(theta0[$"{name}.bias"], theta0.ShapeOf(theta0.IndexOf($"{name}.bias")).Axis));
        }

        public Parameter Weight { get; }

        public Parameter Bias { get; }
    }
}
