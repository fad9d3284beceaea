using Polymath.Learning.Regularization;
using Polymath.Tensors;

namespace Polymath.Tests.Regularization;

public sealed class PowerLawAlphaTests
{
    [Theory]
    [InlineData(2.0)]
    [InlineData(3.5)]
    [InlineData(6.0)]
    public void Quantiles_of_a_power_law_give_its_exponent_back(double alpha)
    {
        // F(x) = 1 - x^(1 - alpha) for x above 1.
        double[] values = [.. Enumerable.Range(0, 2000).Select(i => Math.Pow(1 - ((i + 0.5) / 2000), 1 / (1 - alpha)))];
        PowerLawFit fit = PowerLawAlpha.FitTail(values);
        Assert.InRange(fit.Alpha, alpha * 0.97, alpha * 1.03);
        Assert.InRange(fit.Distance, 0, 0.01);
    }

    [Fact]
    public void A_tail_above_a_bulk_is_found()
    {
        double[] bulk = [.. Enumerable.Range(0, 1000).Select(i => 0.2 + (i * 8e-4))], tail = [.. Enumerable.Range(0, 500).Select(i => Math.Pow(1 - ((i + 0.5) / 500), -0.5))];
        PowerLawFit fit = PowerLawAlpha.FitTail([.. bulk, .. tail]);
        Assert.InRange(fit.Minimum, 0.9, 1.3);
        Assert.InRange(fit.Alpha, 2.8, 3.2);
    }

    [Fact]
    public void A_weight_and_its_transpose_have_the_same_tail_and_the_scale_does_not_matter()
    {
        Tensor weight = Tensor.Normal(new RandomStream(2), new Shape(12, 30));
        PowerLawFit fit = PowerLawAlpha.Fit(weight), turned = PowerLawAlpha.Fit(weight.Transpose()), kernel = PowerLawAlpha.Fit((weight * 10f).Reshape(12, 5, 2, 3));
        Assert.Equal(fit.Alpha, turned.Alpha, 1e-6);
        Assert.Equal(fit.Alpha, kernel.Alpha, 1e-5);
        Assert.Equal(100 * fit.Minimum, kernel.Minimum, 1e-3 * kernel.Minimum);
    }

    [Fact]
    public void A_diagonal_weight_has_the_tail_of_the_squares_of_its_diagonal()
    {
        float[] diagonal = [1f, 2f, 3f, 5f, 9f];
        Tensor weight = Tensor.Zeros(5, 5);
        for (int i = 0; i < diagonal.Length; i++) weight.Span[i * 6] = diagonal[i];
        Assert.Equal(PowerLawAlpha.FitTail([.. diagonal.Select(value => (double)value * value)]).Alpha, PowerLawAlpha.Fit(weight).Alpha, 1e-9);
    }

    [Fact]
    public void What_cannot_be_fitted_is_refused()
    {
        Assert.Throws<ArgumentException>(() => PowerLawAlpha.Fit(Tensor.Ones(4)));
        Assert.Throws<ArgumentException>(() => PowerLawAlpha.Fit(Tensor.Zeros(4, 4)));
        Assert.Throws<ArgumentException>(() => PowerLawAlpha.Fit(Tensor.Ones(2, 9)));
        Assert.Throws<ArgumentException>(() => PowerLawAlpha.Fit(Tensor.Full(float.NaN, 4, 4)));
        Assert.Throws<ArgumentException>(() => PowerLawAlpha.FitTail([1, 1, 1, 1]));
    }
}
