using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Polymath.Tests;

/// <summary>A tensor <c>[rows, width]</c> on its way to the runtime.</summary>
public sealed record RuntimeTensor
{
    private readonly string _type;
    private readonly JsonNode _data;
    private readonly int _rows, _width;

    private RuntimeTensor(string type, JsonNode data, int rows, int width) => (_type, _data, _rows, _width) = (type, data, rows, width);

    public static RuntimeTensor Of(float[] values, int width) => new("float32", Base64<float>(values), values.Length / width, width);

    public static RuntimeTensor Of(double[] values, int width) => new("float64", Base64<double>(values), values.Length / width, width);

    public static RuntimeTensor Of(int[] values, int width)
        => new("int64", Base64<long>([.. values.Select(value => (long)value)]), values.Length / width, width);

    public static RuntimeTensor Of(string[] values, int width) => new("string", new JsonArray([.. values.Select(value => (JsonNode)value)]), values.Length / width, width);

    public JsonNode ToJson() => new JsonObject { ["type"] = _type, ["dims"] = new JsonArray(_rows, _width), ["data"] = _data.DeepClone() };

    private static JsonValue Base64<T>(ReadOnlySpan<T> values)
        where T : struct => JsonValue.Create(Convert.ToBase64String(MemoryMarshal.AsBytes(values)));
}
