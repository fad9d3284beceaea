using Polymath.Reproductions.Dtrn;

namespace Polymath.Reproductions.Tests;

public sealed class PairedComparisonTests
{
    [Theory]
    [InlineData(new[] { 1.0, 2, 3, 4, 5 }, 1.0 / 32)]
    [InlineData(new[] { 1.0, 2, 3, 4, -0.5 }, 2.0 / 32)]
    [InlineData(new[] { -1.0 }, 1.0)]
    [InlineData(new[] { 0.0, 0.0 }, 1.0)]
    [InlineData(new[] { 1.0, -1.0 }, 0.75)]
    public void The_probability_is_the_share_of_signs_that_give_as_much(double[] differences, double expected) => Assert.Equal(expected, PairedComparison.SignFlipProbability(differences), 1e-12);

    [Fact]
    public void Labels_of_the_two_tasks_depend_on_other_ends_of_the_histories()
    {
        (Polymath.Learning.Training.ArrayDataset train, Polymath.Learning.Training.ArrayDataset test) = ClickTable.Draw(400, 100, new Polymath.Tensors.RandomStream(1));
        Assert.Equal((400, 100, 2, 2 * ClickTable.Length), (train.Rows, test.Rows, train.Tasks, train.SequenceWidth));
        double[] share = [.. Enumerable.Range(0, 2).Select(task => Enumerable.Range(0, 400).Average(row => train.Label(row, task)))];
        Assert.All(share, value => Assert.InRange(value, 0.05, 0.95));
    }
}
