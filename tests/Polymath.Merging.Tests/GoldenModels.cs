using System.Text.Json;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Merging.Tests;

/// <summary>Models and numbers as the golden files write them.</summary>
internal static class GoldenModels
{
    /// <summary>Every number of nested lists, row-major.</summary>
    public static float[] Flat(JsonElement element) => element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().SelectMany(Flat)] : [element.GetSingle()];

    /// <summary>A state from an object of nested lists.</summary>
    public static ModelState State(JsonElement tensors) => new(tensors.EnumerateObject().Select(tensor => (tensor.Name, ShapeOf(tensor.Value), Flat(tensor.Value))));

    /// <summary>One flattened model, cut into two tensors so that what concerns the whole model cannot be mistaken for what concerns a tensor.</summary>
    public static ModelState Cut(JsonElement flat)
    {
        float[] values = Flat(flat);
        int cut = values.Length / 3;
        return new([("first", new Shape(cut), values[..cut]), ("second", new Shape(values.Length - cut), values[cut..])]);
    }

    /// <summary>All elements of a state, in order.</summary>
    public static float[] Joined(ModelState state) => [.. Enumerable.Range(0, state.Count).SelectMany(tensor => state[tensor].ToArray())];

    /// <summary>Fails where a number is further off than a + r |expected|.</summary>
    public static void Near(ReadOnlySpan<float> expected, ReadOnlySpan<float> found, JsonElement golden, string what)
    {
        JsonElement tolerance = golden.GetProperty("tolerance");
        double absolute = tolerance.GetProperty("abs").GetDouble(), relative = tolerance.GetProperty("rel").GetDouble();
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - found[i]) <= absolute + (relative * Math.Abs(expected[i])), $"{what}, element {i}: expected {expected[i]}, found {found[i]}");
    }

    private static Shape ShapeOf(JsonElement element)
    {
        var axes = new List<int>();
        for (JsonElement inner = element; inner.ValueKind == JsonValueKind.Array; inner = inner[0]) axes.Add(inner.GetArrayLength());
        return new Shape([.. axes]);
    }
}
