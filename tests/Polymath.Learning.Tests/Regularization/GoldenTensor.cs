using System.Text.Json;
using Polymath.Tensors;

namespace Polymath.Tests.Regularization;

/// <summary>Nested arrays of a fixture as a tensor.</summary>
internal static class GoldenTensor
{
    public static Tensor Read(JsonElement array)
    {
        List<int> shape = [];
        for (JsonElement at = array; at.ValueKind == JsonValueKind.Array; at = at[0]) shape.Add(at.GetArrayLength());
        return Tensor.FromArray([.. Doubles(array).Select(value => (float)value)], [.. shape]);
    }

    public static double[] Doubles(JsonElement array) => array.ValueKind == JsonValueKind.Array ? [.. array.EnumerateArray().SelectMany(Doubles)] : [array.GetDouble()];
}
