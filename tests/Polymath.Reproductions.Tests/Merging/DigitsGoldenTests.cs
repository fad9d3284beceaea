using System.Text.Json;
using Polymath.Tests;

namespace Polymath.Reproductions.Tests.Merging;

/// <summary>The digits of the merging benches are those that the reference figures were measured on, in the same order.</summary>
public sealed class DigitsGoldenTests
{
    private const string System = "merging-base", Levels = "0123456789ABCDEFG";

    public static TheoryData<string> Files => SharedFiles.GoldenRows(System, "data_digits");

    [Theory]
    [MemberData(nameof(Files))]
    public void The_pictures_and_labels_are_the_recorded_ones(string file)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require(System, file)));
        JsonElement inputs = golden.RootElement.GetProperty("inputs"), expected = golden.RootElement.GetProperty("expected");
        (float[] pixels, float[] classes) = FlatMtl.DigitPairs.Read(SharedFiles.RequireData("sklearn-small", "digits.csv.gz"));
        Assert.Equal(expected.GetProperty("count").GetInt32(), classes.Length);
        string labels = inputs.GetProperty("labels").GetString()!;
        Assert.Equal(labels, string.Concat(classes.Select(label => (char)('0' + (int)label))));
        Assert.Equal(expected.GetProperty("label_counts").EnumerateArray().Select(count => count.GetInt32()), Enumerable.Range(0, 10).Select(digit => classes.Count(label => label == digit)));
        Assert.Equal(expected.GetProperty("pixel_sum").GetInt32(), pixels.Sum(pixel => (long)MathF.Round(16 * pixel)));
        int at = 0;
        foreach (JsonElement image in inputs.GetProperty("images").EnumerateArray())
        {
            foreach (char level in image.GetString()!) Assert.Equal(Levels.IndexOf(level, StringComparison.Ordinal), 16 * pixels[at++]);
        }

        Assert.Equal(pixels.Length, at);
    }
}
