using System.Text.Json;
using Polymath.Data.Generators;

namespace Polymath.Tests;

/// <summary>Random functions against those of the official generator.</summary>
public sealed class RandomFourierFunctionGoldenTests
{
    public static TheoryData<string> Functions => SharedFiles.GoldenRows("r-mtgb", "funcgen_");

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_function_of_given_features_is_the_official_one(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require("r-mtgb", file)));
        JsonElement inputs = document.RootElement.GetProperty("inputs"), expected = document.RootElement.GetProperty("expected").GetProperty("y");
        double alpha = inputs.GetProperty("alpha").GetDouble(), length = inputs.GetProperty("length_scale").GetDouble() * inputs.GetProperty("num_dims").GetInt32();
        double tolerance = document.RootElement.GetProperty("tolerance").GetProperty("atol").GetDouble();
        var function = new RandomFourierFunction([.. inputs.GetProperty("w").EnumerateArray().SelectMany(Numbers)], Numbers(inputs.GetProperty("b")), Numbers(inputs.GetProperty("theta")), alpha, length);
        Assert.Equal(inputs.GetProperty("num_dims").GetInt32(), function.Dimensions);
        JsonElement[] points = [.. inputs.GetProperty("x").EnumerateArray()];
        Assert.NotEmpty(points);
        for (int i = 0; i < points.Length; i++) Assert.Equal(expected[i].GetDouble(), function.At(Numbers(points[i])), tolerance);
    }

    private static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetDouble())];
}
