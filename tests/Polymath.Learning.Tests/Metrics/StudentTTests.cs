using Polymath.Learning.Metrics;

namespace Polymath.Tests.Metrics;

public sealed class StudentTTests
{
    // Table 26.10 of Abramowitz and Stegun, A = 0.95 and 0.99.
    [Theory]
    [InlineData(0.95, 1, 12.706)]
    [InlineData(0.95, 2, 4.303)]
    [InlineData(0.95, 3, 3.182)]
    [InlineData(0.95, 4, 2.776)]
    [InlineData(0.95, 9, 2.262)]
    [InlineData(0.95, 30, 2.042)]
    [InlineData(0.95, 120, 1.980)]
    [InlineData(0.99, 3, 5.841)]
    [InlineData(0.99, 10, 3.169)]
    public void Quantiles_are_those_of_the_tables(double probability, int degrees, double expected)
        => Assert.Equal(expected, StudentT.Quantile(probability, degrees), 0.0006);

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.95)]
    [InlineData(0.999)]
    public void One_and_two_degrees_have_a_closed_form(double probability)
    {
        Assert.Equal(Math.Tan(Math.PI * probability / 2), StudentT.Quantile(probability, 1), 1e-9 * StudentT.Quantile(probability, 1));
        Assert.Equal(probability * Math.Sqrt(2 / (1 - (probability * probability))), StudentT.Quantile(probability, 2), 1e-9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(99)]
    public void A_quantile_holds_its_probability(int degrees)
    {
        foreach (double probability in (double[])[0.01, 0.3, 0.9, 0.99]) Assert.Equal(probability, StudentT.Within(StudentT.Quantile(probability, degrees), degrees), 1e-12);
        Assert.Equal(0, StudentT.Within(0, degrees));
    }

    [Fact]
    public void What_is_no_probability_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => StudentT.Quantile(1, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => StudentT.Quantile(double.NaN, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => StudentT.Quantile(0.9, 0));
    }
}
