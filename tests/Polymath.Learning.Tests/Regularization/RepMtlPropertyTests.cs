using FsCheck.Fluent;
using Polymath.Learning.Regularization;
using Polymath.Tensors;

namespace Polymath.Tests.Regularization;

public sealed class RepMtlPropertyTests
{
    private const float Tau = 0.5f;

    [Fact]
    public void The_entropy_lies_between_zero_and_the_logarithm_of_the_number_of_tasks() => Check(saliencies =>
        Assert.InRange(RepMtl.Evaluate(saliencies, Tau).Tsr, -1e-6, Math.Log(saliencies.Length) + 1e-6));

    [Fact]
    public void Similarities_lie_between_zero_and_one() => Check(saliencies =>
    {
        // -s / tau + ln sum_{k != b} exp(s_k / tau) with every s in [0, 1].
        int negatives = saliencies[0].Shape[0] - 1;
        Assert.InRange(RepMtl.Evaluate(saliencies, Tau).Csa, (-1 / Tau) + Math.Log(negatives) - 1e-5, (1 / Tau) + Math.Log(negatives) + 1e-5);
    });

    [Fact]
    public void The_order_of_tasks_does_not_matter() => Check(saliencies =>
    {
        (float tsr, float csa) = RepMtl.Evaluate(saliencies, Tau);
        (float Tsr, float Csa) reversed = RepMtl.Evaluate([.. Enumerable.Reverse(saliencies)], Tau);
        Assert.Equal(tsr, reversed.Tsr, 1e-5f);
        Assert.Equal(csa, reversed.Csa, 1e-5f);
    });

    [Theory]
    [InlineData(1e-12f)]
    [InlineData(1e9f)]
    public void Both_terms_are_the_same_at_any_scale(float scale) => Check(saliencies =>
    {
        (float tsr, float csa) = RepMtl.Evaluate(saliencies, Tau);
        (float Tsr, float Csa) scaled = RepMtl.Evaluate([.. saliencies.Select(s => s * scale)], Tau);
        Assert.Equal(tsr, scaled.Tsr, 1e-5f);
        Assert.Equal(csa, scaled.Csa, 1e-5f);
    });

    [Fact]
    public void The_scale_of_one_sample_does_not_matter_to_the_alignment() => Check(saliencies =>
    {
        float csa = RepMtl.Evaluate(saliencies, Tau).Csa;
        Tensor factors = Tensor.Ones(saliencies[0].Shape[0], 1, 1);
        factors.Span[0] = 1e-3f;
        Assert.Equal(csa, RepMtl.Evaluate([.. saliencies.Select(s => s * factors)], Tau).Csa, 1e-5f);
    });

    [Fact]
    public void Traces_give_what_matrices_of_channels_by_channels_give() => Check(saliencies =>
        Assert.Equal(Explicit(saliencies, Tau), RepMtl.Evaluate(saliencies, Tau).Csa, 1e-4));

    [Fact]
    public void The_sum_over_tasks_is_the_mean_times_their_number() => Check(saliencies =>
        Assert.Equal(saliencies.Length * RepMtl.Evaluate(saliencies, Tau).Csa, RepMtl.Evaluate(saliencies, Tau, CsaReduction.Sum).Csa, 1e-4f));

    [Fact]
    public void Equal_tasks_have_the_largest_entropy_and_a_task_alone_at_a_location_the_smallest()
    {
        Tensor one = Tensor.FromArray([1f, 2f, 3f, 4f], 1, 2, 2), left = Tensor.FromArray([1f, 0f, 1f, 0f], 1, 2, 2), right = Tensor.FromArray([0f, 1f, 0f, 1f], 1, 2, 2);
        Assert.Equal(Math.Log(3), RepMtl.Evaluate([one, one, one], Tau).Tsr, 1e-6);
        Assert.Equal(0, RepMtl.Evaluate([left, right], Tau).Tsr, 1e-6);
    }

    [Fact]
    public void Saliencies_that_are_zero_have_neither_entropy_nor_a_gradient_that_is_not_a_number()
    {
        Tensor zero = Tensor.Zeros(3, 4, 5), some = Tensor.Normal(new RandomStream(1), new Shape(3, 4, 5));
        (float tsr, float csa) = RepMtl.Evaluate([zero, zero], Tau);
        Assert.Equal(0, tsr);
        Assert.Equal(Math.Log(2), csa, 1e-5);
        foreach (Tensor[] saliencies in (Tensor[][])[[zero, zero], [zero, some], [some, zero, zero]])
        {
            (Tensor tsrGradient, Tensor csaGradient) = RepMtl.Gradients(saliencies, Tau);
            Assert.All(tsrGradient.ToArray().Concat(csaGradient.ToArray()), value => Assert.True(float.IsFinite(value)));
        }
    }

    [Fact]
    public void A_single_sample_has_no_alignment()
    {
        Tensor[] saliencies = [Tensor.Ones(1, 3, 2), Tensor.Ones(1, 3, 2)];
        Assert.True(float.IsNaN(RepMtl.Evaluate(saliencies, Tau).Csa));
        Assert.All(RepMtl.Gradients(saliencies, Tau).Csa.ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Different_representations_and_temperatures_out_of_range_are_refused()
    {
        Assert.Contains("same representation", Assert.Throws<RegularizerException>(() => RepMtl.Evaluate([Tensor.Ones(2, 3, 1), Tensor.Ones(2, 3, 2)], Tau)).Message, StringComparison.Ordinal);
        Assert.Contains("0 tasks", Assert.Throws<RegularizerException>(() => RepMtl.Evaluate([], Tau)).Message, StringComparison.Ordinal);
        Assert.Contains("tau = 0", Assert.Throws<RegularizerException>(() => RepMtl.Evaluate([Tensor.Ones(2, 3, 1)], 0)).Message, StringComparison.Ordinal);
    }

    private static void Check(Action<Tensor[]> property) => FsCheck.Check.QuickThrowOnFailure(Prop.ForAll<int>(ArbMap.Default.ArbFor<int>(), seed =>
    {
        var random = new RandomStream((ulong)(uint)seed);
        var shape = new Shape(2 + random.NextInt32(4), 1 + random.NextInt32(7), 1 + random.NextInt32(7));
        property([.. Enumerable.Range(0, 1 + random.NextInt32(4)).Select(_ => Tensor.Normal(random, shape))]);
    }));

    /// <summary>Equations 6 to 9 in double precision, word for word.</summary>
    private static double Explicit(Tensor[] saliencies, double tau)
    {
        Shape shape = saliencies[0].Shape;
        int batch = shape[0], channels = shape[1], locations = shape[2];
        double[][] anchors = [.. Enumerable.Range(0, batch).Select(b => Unit(saliencies.Select(s => (double[])[.. Enumerable.Range(0, channels).Select(c => Enumerable.Range(0, locations).Average(n => (double)s[b, c, n]))]), channels))];
        double total = 0;
        for (int b = 0; b < batch; b++)
        {
            double negatives = Math.Log(Enumerable.Range(0, batch).Where(k => k != b).Sum(k => Math.Exp(Dot(anchors[b], anchors[k]) / tau)));
            foreach (Tensor s in saliencies)
            {
                double[] affinity = Unit(Enumerable.Range(0, locations).Select(n => (double[])[.. Enumerable.Range(0, channels).Select(c => (double)s[b, c, n])]), channels);
                total += negatives - (Dot(anchors[b], affinity) / tau);
            }
        }

        return total / (batch * saliencies.Length);
    }

    /// <summary>The sum of v v^T over some columns v, divided by its Frobenius norm.</summary>
    private static double[] Unit(IEnumerable<double[]> columns, int channels)
    {
        double[] matrix = new double[channels * channels];
        foreach (double[] column in columns)
        {
            for (int i = 0; i < matrix.Length; i++) matrix[i] += column[i / channels] * column[i % channels];
        }

        double norm = Math.Sqrt(Dot(matrix, matrix)) + 1e-12;
        return [.. matrix.Select(value => value / norm)];
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b).Sum(pair => pair.First * pair.Second);
}
