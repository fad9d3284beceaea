using System.Text.Json;

namespace Polymath.Tests;

/// <summary>A rectangular array of a fixture: its shape and its values, row-major.</summary>
internal sealed record GoldenArray(int[] Shape, float[] Values)
{
    public static GoldenArray From(JsonElement element)
    {
        var shape = new List<int>();
        for (JsonElement inner = element; inner.ValueKind == JsonValueKind.Array; inner = inner[0])
        {
            shape.Add(inner.GetArrayLength());
            if (inner.GetArrayLength() == 0) break;
        }

        var values = new List<float>();
        Flatten(element, values);
        return new GoldenArray([.. shape], [.. values]);
    }

    /// <summary>The arrays of an object by name.</summary>
    public static Dictionary<string, GoldenArray> Map(JsonElement element) => element.EnumerateObject().ToDictionary(entry => entry.Name, entry => From(entry.Value), StringComparer.Ordinal);

    private static void Flatten(JsonElement element, List<float> values)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement inner in element.EnumerateArray()) Flatten(inner, values);
            return;
        }

        values.Add((float)element.GetDouble());
    }
}
