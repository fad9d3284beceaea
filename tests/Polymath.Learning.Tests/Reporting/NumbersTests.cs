using Polymath.Learning.Reporting;

namespace Polymath.Tests.Reporting;

public sealed class NumbersTests
{
    [Theory]
    [InlineData(0.87654, "0.8765")]
    [InlineData(7.838e-4, "0.0008")]
    [InlineData(-6.016e-4, "\u22120.0006")]
    [InlineData(-1e-6, "0.0000")]
    [InlineData(12.345, "12.35")]
    [InlineData(double.NaN, "\u2013")]
    public void A_metric_has_four_decimals(double value, string text) => Assert.Equal(text, Numbers.Metric(value));

    [Theory]
    [InlineData(7.838e-4, "7.838e\u22124")]
    [InlineData(1e-6, "1e\u22126")]
    [InlineData(0.25, "0.2500")]
    public void A_loss_and_an_error_keep_their_digits_however_small(double value, string text)
    {
        Assert.Equal(text, Numbers.Quantity(value));
        Assert.Equal(text, Numbers.Metric(value, higherIsBetter: false));
    }
}
