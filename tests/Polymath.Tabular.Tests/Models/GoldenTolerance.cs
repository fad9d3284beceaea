using System.Text.Json;

namespace Polymath.Tests;

/// <summary>|actual - expected| at most atol + rtol |expected|, with the numbers of the fixture.</summary>
internal readonly record struct GoldenTolerance(double Absolute, double Relative)
{
    public static GoldenTolerance From(JsonElement fixture, string kind)
    {
        JsonElement entry = fixture.GetProperty("tolerance").GetProperty(kind);
        return new GoldenTolerance(entry.TryGetProperty("atol", out JsonElement atol) ? atol.GetDouble() : 0, entry.TryGetProperty("rtol", out JsonElement rtol) ? rtol.GetDouble() : 0);
    }

    public void Check(string what, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Check($"{what}[{i}]", expected[i], actual[i]);
    }

    public void Check(string what, double expected, double actual)
        => Assert.True(Agrees(expected, actual), $"{what}: {actual}, expected {expected} within {Absolute} + {Relative} |expected|");

    public bool Agrees(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (!Agrees(expected[i], actual[i])) return false;
        }

        return expected.Length == actual.Length;
    }

    private bool Agrees(double expected, double actual) => Math.Abs(actual - expected) <= Absolute + (Relative * Math.Abs(expected));
}
