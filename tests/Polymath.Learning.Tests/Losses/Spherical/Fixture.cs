using System.Text.Json;

namespace Polymath.Tests.Spherical;

/// <summary>A golden file of the Z-loss: its parts and the comparison its tolerance states.</summary>
internal sealed class Fixture
{
    private Fixture(JsonElement root)
    {
        Inputs = root.GetProperty("inputs");
        Expected = root.GetProperty("expected");
        Tolerance = root.GetProperty("tolerance");
    }

    public JsonElement Inputs { get; }

    public JsonElement Expected { get; }

    public JsonElement Tolerance { get; }

    public static Fixture Load(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require("z-loss", file)));
        return new Fixture(document.RootElement.Clone());
    }

    /// <summary>All numbers of a nested array, row-major.</summary>
    public static double[] Numbers(JsonElement element)
        => element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().SelectMany(Numbers)] : [element.GetDouble()];

    public static int[] Integers(JsonElement element) => [.. Numbers(element).Select(value => (int)value)];

    /// <summary>Fails unless each element is within absolute + relative times the largest expected element.</summary>
    public static void Near(JsonElement expected, ReadOnlySpan<double> actual, double relative, double absolute, string what)
    {
        double[] numbers = Numbers(expected);
        Assert.Equal(numbers.Length, actual.Length);
        double allowed = absolute + (relative * numbers.Max(Math.Abs));
        for (int i = 0; i < numbers.Length; i++) Assert.True(Math.Abs(numbers[i] - actual[i]) <= allowed, $"{what}[{i}] is {actual[i]:R}, expected {numbers[i]:R} within {allowed:E2}");
    }
}
