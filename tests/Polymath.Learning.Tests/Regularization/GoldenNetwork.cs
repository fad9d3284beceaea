using System.Text.Json;
using Polymath.Tensors;

namespace Polymath.Tests.Regularization;

/// <summary>The network of the end-to-end fixtures: Z = tanh(x W^T + b) as [B, C, N]; head k: u tanh(Z V^T + c), mean squared error.</summary>
internal sealed class GoldenNetwork
{
    private readonly Tensor _x, _y;
    private readonly int _batch, _channels, _locations;

    public GoldenNetwork(JsonElement inputs)
    {
        (Tasks, _batch, _channels, _locations) = (inputs.GetProperty("T").GetInt32(), inputs.GetProperty("B").GetInt32(), inputs.GetProperty("C").GetInt32(), inputs.GetProperty("N").GetInt32());
        (_x, _y) = (GoldenTensor.Read(inputs.GetProperty("x")), GoldenTensor.Read(inputs.GetProperty("y")));
        Parameters = inputs.GetProperty("params").EnumerateObject().ToDictionary(entry => entry.Name, entry => GoldenTensor.Read(entry.Value).WithGradient(), StringComparer.Ordinal);
    }

    public int Tasks { get; }

    public IReadOnlyDictionary<string, Tensor> Parameters { get; }

    public Tensor Encode() => Fused.Linear(_x, Parameters["enc.weight"], Parameters["enc.bias"]).Tanh().Reshape(_batch, _channels, _locations);

    /// <summary>The label of sample b for task k is y[b, k].</summary>
    public Tensor Loss(Tensor z, int task)
    {
        Tensor hidden = Fused.Linear(z.Reshape(_batch, _channels * _locations), Parameters[$"head{task}.V"], Parameters[$"head{task}.c"]).Tanh();
        Tensor error = Fused.Linear(hidden, Parameters[$"head{task}.u"]).Reshape(_batch) - _y.Select(1, task);
        return (error * error).Mean();
    }
}
