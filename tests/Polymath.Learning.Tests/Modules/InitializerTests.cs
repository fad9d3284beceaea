using FsCheck;
using FsCheck.Fluent;
using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tests;

public sealed class InitializerTests
{
    private const int Out = 120, In = 250;

    public static TheoryData<string, double> Uniforms => new()
    {
        { "fan_in_uniform", 1 / Math.Sqrt(In) },
        { "xavier_uniform(gain=1)", Math.Sqrt(6.0 / (In + Out)) },
        { "xavier_uniform(gain=2)", 2 * Math.Sqrt(6.0 / (In + Out)) },
        { "kaiming_uniform(slope=0)", Math.Sqrt(6.0 / In) },
        { "uniform(bound=0.3)", 0.3 },
    };

    public static TheoryData<string, double> Normals => new()
    {
        { "xavier_normal(gain=1)", Math.Sqrt(2.0 / (In + Out)) },
        { "kaiming_normal(slope=0.5)", Math.Sqrt(2.0 / (1.25 * In)) },
        { "normal(mean=0, deviation=0.01)", 0.01 },
    };

    [Theory]
    [MemberData(nameof(Uniforms))]
    public void Uniform_rules_fill_their_interval(string name, double bound)
    {
        float[] values = Find(name).Create([Out, In], new RandomStream(1)).ToArray();
        Assert.InRange(values.Max(), 0.999 * bound, bound);
        Assert.InRange(values.Min(), -bound, -0.999 * bound);
        Assert.Equal(bound / Math.Sqrt(3), Deviation(values), 0.01 * bound);
    }

    [Theory]
    [MemberData(nameof(Normals))]
    public void Normal_rules_have_their_deviation(string name, double deviation)
    {
        float[] values = Find(name).Create([Out, In], new RandomStream(1)).ToArray();
        Assert.Equal(deviation, Deviation(values), 0.02 * deviation);
        Assert.Contains(values, value => Math.Abs(value) > 3 * deviation);
    }

    [Fact]
    public void Kaiming_uniform_with_slope_root_five_is_the_default_of_a_linear_map()
    {
        Tensor kaiming = Initializer.KaimingUniform(MathF.Sqrt(5)).Create([7, 11], new RandomStream(2));
        Tensor usual = Initializer.FanInUniform.Create([7, 11], new RandomStream(2));
        for (int i = 0; i < 77; i++) Assert.Equal(usual.Span[i], kaiming.Span[i], 1e-6f);
    }

    [Fact]
    public void Fans_of_a_convolution_count_its_receptive_field()
        => Assert.InRange(Initializer.FanInUniform.Create([8, 4, 3, 3], new RandomStream(2)).ToArray().Max(), 0.9 / 6, 1.0 / 6);

    [Fact]
    public void Orthogonal_matrices_are_orthogonal_along_their_shorter_side()
    {
        Prop.ForAll(
            Gen.Choose(1, 20).ToArbitrary(),
            Gen.Choose(1, 20).ToArbitrary(),
            (rows, columns) =>
            {
                Tensor w = Initializer.Orthogonal(2f).Create([rows, columns], new RandomStream((ulong)(rows * 31 + columns)));
                Tensor product = rows <= columns ? w.MatMul(w, transposeRight: true) : w.MatMul(w, transposeLeft: true);
                int size = Math.Min(rows, columns);
                for (int i = 0; i < size; i++)
                {
                    for (int j = 0; j < size; j++) Assert.Equal(i == j ? 4f : 0f, product[i, j], 1e-5f);
                }
            }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_rule_with_fans_refuses_a_vector()
        => Assert.Contains("at least two axes", Assert.Throws<TensorException>(() => Initializer.XavierNormal().Create([5], new RandomStream(1))).Message, StringComparison.Ordinal);

    private static Initializer Find(string name)
    {
        Initializer[] all =
        [
            Initializer.FanInUniform, Initializer.XavierUniform(), Initializer.XavierUniform(2f), Initializer.KaimingUniform(), Initializer.Uniform(0.3f),
            Initializer.XavierNormal(), Initializer.KaimingNormal(0.5f), Initializer.Normal(0f, 0.01f),
        ];
        return all.Single(initializer => initializer.Name == name);
    }

    private static double Deviation(float[] values)
    {
        double mean = values.Average(value => (double)value);
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }
}
