using System.Text.Json;

namespace Polymath.Merging.Tests;

/// <summary>Reads the nested arrays of golden files.</summary>
internal static class GoldenNumbers
{
    /// <summary>All numbers of a nested array, in row-major order.</summary>
    public static float[] Flatten(JsonElement element)
        => element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().SelectMany(Flatten)] : [element.ValueKind is JsonValueKind.True or JsonValueKind.False ? (element.GetBoolean() ? 1f : 0f) : element.GetSingle()];

    /// <summary>The dimensions of a nested array.</summary>
    public static long[] ShapeOf(JsonElement element)
        => element.ValueKind != JsonValueKind.Array ? [] : [element.GetArrayLength(), .. element.GetArrayLength() == 0 ? [] : ShapeOf(element[0])];

    /// <summary>Parameter values by name.</summary>
    public static Dictionary<string, object?> Parameters(JsonElement element) => element.EnumerateObject().ToDictionary(property => property.Name, property => property.Value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => property.Value.GetDouble(),
        JsonValueKind.Null => (object?)null,
        _ => property.Value.GetString(),
    });

    /// <summary>Fails unless all numbers agree within absolute plus relative tolerance.</summary>
    public static void Near(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double absolute, double relative, string what)
    {
        Assert.True(expected.Length == actual.Length, $"{what}: {actual.Length} numbers, expected {expected.Length}");
        for (int i = 0; i < expected.Length; i++)
        {
            double limit = absolute + (relative * Math.Abs(expected[i]));
            Assert.True(Math.Abs(expected[i] - actual[i]) <= limit, $"{what}, element {i}: {actual[i]:G9}, expected {expected[i]:G9} within {limit:G3}");
        }
    }
}
