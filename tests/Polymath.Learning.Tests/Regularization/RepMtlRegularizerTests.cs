using Polymath.Learning.Configuration;
using Polymath.Learning.Regularization;
using Polymath.Tensors;

namespace Polymath.Tests.Regularization;

public sealed class RepMtlRegularizerTests
{
    private static readonly Tensor s_x = Tensor.Normal(new RandomStream(4), new Shape(3, 5)).Keep();

    [Theory]
    [InlineData("rep-mtl")]
    [InlineData("rep-mtl:lambda_tsr=0.5,lambda_csa=0,tau=0.1,log_transform=false,csa_sum=true,clip=2")]
    public void A_specification_comes_back(string specification) => Assert.Equal(specification, Regularizers.Create(specification).Specification);

    [Theory]
    [InlineData("rep-mtl:lambda_tsr=-1", "lambda_tsr")]
    [InlineData("rep-mtl:tau=0", "tau")]
    [InlineData("rep-mlt", "did you mean 'rep-mtl'")]
    public void What_is_out_of_range_is_refused(string specification, string named)
        => Assert.Contains(named, Assert.Throws<ComponentException>(() => Regularizers.Create(specification)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_report_tells_the_terms_the_map_and_the_norms()
    {
        using var tape = new Tape();
        var regularizer = new RepMtlRegularizer(logTransform: false);
        Tensor z = Encode();
        Tensor[] losses = [(z * z).Mean(), z.Sin().Mean()], objectives = new Tensor[2];
        Tensor extra = regularizer.Regularize(tape, losses, z, objectives);
        RepMtlReport report = regularizer.Last;
        Tensor[] saliencies = [(z.Detach() * (2f / z.Shape.Length)).Reshape(3, 2, 2), (z.Detach().Cos() * (1f / z.Shape.Length)).Reshape(3, 2, 2)];
        (float tsr, float csa) = RepMtl.Evaluate(saliencies, 0.5f);
        Assert.Equal(tsr, report.Tsr, 1e-5);
        Assert.Equal(csa, report.Csa, 1e-5);
        Assert.Equal((0.9 * tsr) + (0.9 * csa), extra.Item(), 1e-5);
        Assert.Equal((2, 3, 2), (report.Tasks, report.Samples, report.Locations));
        Assert.Equal(tsr, report.Entropy.ToArray().Average(), 1e-5);
        for (int t = 0; t < 2; t++) Assert.Equal(Math.Sqrt(saliencies[t].ToArray().Sum(s => (double)s * s)), report.SaliencyNorms[t], 1e-6);
        Assert.Equal(RepMtlNotes.None, report.Notes);
        Assert.Equal([report.Tsr, report.Csa], regularizer.Values.ToArray());
    }

    [Fact]
    public void One_task_adds_nothing_and_says_so()
    {
        using var tape = new Tape();
        var regularizer = new RepMtlRegularizer();
        Tensor z = Encode();
        Assert.True(regularizer.Regularize(tape, [(z * z).Mean()], z, new Tensor[1]).IsEmpty);
        Assert.Equal(RepMtlNotes.SingleTask, regularizer.Last.Notes);
        Assert.Equal(0, regularizer.Last.Tsr);
    }

    [Fact]
    public void One_sample_leaves_the_alignment_out_and_says_so()
    {
        using var tape = new Tape();
        var regularizer = new RepMtlRegularizer();
        Tensor z = Encode(samples: 1);
        Tensor extra = regularizer.Regularize(tape, [(z * z).Mean(), (z - 1f).Pow(2f).Mean()], z, new Tensor[2]);
        Assert.Equal(0.9 * regularizer.Last.Tsr, extra.Item(), 1e-6);
        Assert.True(double.IsNaN(regularizer.Last.Csa));
        Assert.Equal(RepMtlNotes.SingleSample, regularizer.Last.Notes);
    }

    [Fact]
    public void Dead_heads_and_saliencies_without_curvature_are_named()
    {
        using var tape = new Tape();
        var regularizer = new RepMtlRegularizer(logTransform: false);
        Tensor z = Encode();
        Tensor dead = ((z * 0f) - 1f).Relu().Mean() + 1f;
        Tensor w = Tensor.Ones(4).WithGradient();
        regularizer.Regularize(tape, [dead, (z.Reshape(3, 4) * w).Abs().Mean()], z, new Tensor[2]);
        Assert.Equal(RepMtlNotes.DeadSaliency | RepMtlNotes.NoCurvature, regularizer.Last.Notes);
    }

    [Fact]
    public void Wrong_losses_and_representations_are_refused_by_name()
    {
        using var tape = new Tape();
        var regularizer = new RepMtlRegularizer();
        Tensor z = Encode(), other = Encode();
        Tensor loss = (z * z).Mean();
        RegularizerException apart = Assert.Throws<RegularizerException>(() => regularizer.Regularize(tape, [loss, (other * other).Mean()], z, new Tensor[2]));
        Assert.Equal(1, apart.Position);
        Assert.Contains("same one", apart.Message, StringComparison.Ordinal);
        RegularizerException negative = Assert.Throws<RegularizerException>(() => regularizer.Regularize(tape, [loss, loss - 100f], z, new Tensor[2]));
        Assert.Equal(1, negative.Position);
        Assert.Contains("log_transform=false", negative.Message, StringComparison.Ordinal);
        Assert.Contains("no trained parameter", Assert.Throws<RegularizerException>(() => regularizer.Regularize(tape, [loss, loss], s_x, new Tensor[2])).Message, StringComparison.Ordinal);
        Assert.Contains("no representation", Assert.Throws<RegularizerException>(() => regularizer.Regularize(tape, [loss, loss], default, new Tensor[2])).Message, StringComparison.Ordinal);
        Assert.Contains("[batch, channels]", Assert.Throws<RegularizerException>(() => regularizer.Regularize(tape, [loss, loss], loss, new Tensor[2])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clip_scales_the_gradient_of_the_term()
    {
        Tensor w = Tensor.Normal(new RandomStream(9), new Shape(4, 5)).WithGradient();
        (float[] free, double factor) = Gradient(new RepMtlRegularizer());
        (float[] clipped, double shortened) = Gradient(new RepMtlRegularizer(clip: 0.1));
        Assert.Equal(1, factor);
        Assert.InRange(shortened, 1e-6, 0.999);
        for (int i = 0; i < free.Length; i++) Assert.Equal(shortened * free[i], clipped[i], 1e-5);

        (float[], double) Gradient(RepMtlRegularizer regularizer)
        {
            using var tape = new Tape();
            Tensor z = Fused.Linear(s_x, w).Tanh().Reshape(3, 2, 2);
            Tensor extra = regularizer.Regularize(tape, [(z * z).Mean(), (z - 1f).Pow(2f).Mean()], z, new Tensor[2]);
            return (tape.Gradient(extra, w).ToArray(), regularizer.Last.Clipping);
        }
    }

    private static Tensor Encode(int samples = 3)
    {
        Tensor w = Tensor.Normal(new RandomStream(9), new Shape(4, 5)).WithGradient();
        return Fused.Linear(s_x.Slice(0, 0, samples), w).Tanh().Reshape(samples, 2, 2);
    }
}
