using System.Xml.Linq;
using Polymath.Learning.Losses;
using Polymath.Reproductions.ZLoss;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>The parts of the Z-loss reproduction: text, model, slopes, exactness and picture.</summary>
public sealed class ZLossStudyTests
{
    [Fact]
    public void Words_are_numbered_by_how_often_the_training_part_has_them()
    {
        var text = WordText.Parse("The cat; the DOG, the cat don't. Rare the cat the zebra", classes: 4);
        Assert.Equal(4, text.Classes);
        // "the" and "cat" lead, then the first word in the alphabet of those seen once; what is beyond, or only in the last fifth, is 0.
        Assert.Equal([1, 2, 1, 3, 1, 2, 0, 0, 1, 2, 1, 0], text.Words);
        Assert.Equal(6, WordText.Parse("a b c d e f g h", classes: 9, most: 6).Words.Length);
    }

    [Fact]
    public void The_parts_of_the_text_do_not_overlap()
    {
        var text = WordText.Parse(string.Join(' ', Enumerable.Repeat("to be or not to be", 50)), classes: 10);
        int[] seen = [.. new[] { text.Train, text.Validation, text.Test }.SelectMany(part => Enumerable.Range(0, text.Words.Length).Take(part))];
        Assert.Equal(seen.Distinct(), seen);
        Assert.All(seen, position => Assert.True(position >= WordText.Context));
    }

    [Fact]
    public void A_word_that_follows_from_the_last_three_is_learned()
    {
        var text = WordText.Parse(string.Join(' ', Enumerable.Repeat("one two three four five six seven", 400)), classes: 8);
        foreach (SphericalLoss loss in new[] { SphericalLoss.Z(), SphericalLoss.LogTaylorSoftmax })
        {
            var model = new WordModel(text, (outputs, labels) => loss.Of(outputs, labels), 1e-2, new RandomStream(1));
            double before = model.Errors(text.Test, [1])[0];
            for (int epoch = 0; epoch < 5; epoch++) model.Train(text.Train, new RandomStream((ulong)epoch), TestContext.Current.CancellationToken);
            double[] after = model.Errors(text.Test, [1, 8]);
            Assert.True(after[0] < 1 && after[0] < before, $"{loss.Name}: {before} to {after[0]} %");
            Assert.Equal(0, after[1]);
        }
    }

    [Fact]
    public void A_power_has_its_exponent_for_a_slope() => Assert.Equal(1.5, SpeedStudy.Slope([1, 10, 100], [2, 2 * Math.Pow(10, 1.5), 2000]), 12);

    [Fact]
    public void The_factored_layer_follows_the_whole_matrix()
    {
        (double difference, double largest) = ExactnessStudy.Run(steps: 3, isDouble: true, TestContext.Current.CancellationToken);
        Assert.InRange(difference, 0, 1e-12);
        Assert.InRange(largest, 1, 100);
    }

    [Fact]
    public void The_picture_puts_powers_on_straight_lines()
    {
        using var writer = new StringWriter();
        StepTimePicture.Write(writer, [10, 100, 1000], ["a", "b", "c"], [[1, 10, 100], [0.1, 1, 10], [2, 2, 2]], [1, 1, 0]);
        XElement svg = XElement.Parse(writer.ToString());
        double[][][] lines = [.. svg.Elements().Where(element => element.Name.LocalName == "polyline").Select(line => (double[][])[.. ((string)line.Attribute("points")!).Split(' ').Select(point => (double[])[.. point.Split(',').Select(number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture))])])];
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line =>
        {
            Assert.Equal(line[1][0] - line[0][0], line[2][0] - line[1][0], 0.05);
            Assert.Equal(line[1][1] - line[0][1], line[2][1] - line[1][1], 0.05);
        });
        Assert.Equal(lines[2][0][1], lines[2][2][1]);
        Assert.Contains("slope 1.00", writer.ToString(), StringComparison.Ordinal);
    }
}
