using System.Globalization;
using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>
/// A rule that draws the first value of a parameter. The fans of a weight <c>[out, in, ...]</c> are fanIn = in x (product of the rest) and
/// fanOut = out x (product of the rest); a bias is drawn with the fans of the weight it belongs to.
/// </summary>
/// <example><code>
/// var random = new RandomStream(7).Derive("init");
/// Tensor weight = Initializer.XavierUniform().Create([64, 32], random);   // U(-0.25, 0.25): sqrt(6 / 96) = 0.25
/// var layer = new Linear(32, 64, random, initializer: Initializer.Normal(0f, 0.01f));
/// </code></example>
public sealed class Initializer
{
    private readonly Rule _rule;
    private readonly bool _needsFans;

    private Initializer(string name, bool needsFans, Rule rule)
    {
        Name = name;
        _needsFans = needsFans;
        _rule = rule;
    }

    private delegate void Rule(Span<float> values, in Shape shape, int fanIn, int fanOut, RandomStream random);

    /// <summary>The rule and its numbers: <c>xavier_uniform(gain=1)</c>.</summary>
    public string Name { get; }

    /// <summary>All zeros.</summary>
    public static Initializer Zeros { get; } = Constant(0f);

    /// <summary>All ones.</summary>
    public static Initializer Ones { get; } = Constant(1f);

    /// <summary>
    /// U(-1/sqrt(fanIn), 1/sqrt(fanIn)): what torch draws for the weight (Kaiming-uniform with slope sqrt(5)) and the bias of a linear map.
    /// </summary>
    public static Initializer FanInUniform { get; } = new("fan_in_uniform", true, static (values, in _, fanIn, _, random) => Symmetric(values, 1.0 / Math.Sqrt(fanIn), random));

    /// <summary>One value everywhere.</summary>
    /// <param name="value">Any finite number.</param>
    public static Initializer Constant(float value) => new(Describe($"constant({value})"), false, (values, in _, _, _, _) => values.Fill(value));

    /// <summary>Independent normals.</summary>
    /// <param name="mean">Centre.</param>
    /// <param name="deviation">Standard deviation, zero or more.</param>
    public static Initializer Normal(float mean = 0f, float deviation = 1f)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(deviation);
        return new(Describe($"normal(mean={mean}, deviation={deviation})"), false, (values, in _, _, _, random) => random.FillNormal(values, mean, deviation));
    }

    /// <summary>Independent uniforms in [-<paramref name="bound"/>, <paramref name="bound"/>).</summary>
    /// <param name="bound">Half the width, zero or more.</param>
    public static Initializer Uniform(float bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bound);
        return new(Describe($"uniform(bound={bound})"), false, (values, in _, _, _, random) => random.FillUniform(values, -bound, bound));
    }

    /// <summary>U(-b, b) with b = gain sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio 2010, eq. 16).</summary>
    /// <param name="gain">Scale for the nonlinearity that follows.</param>
    public static Initializer XavierUniform(float gain = 1f)
        => new(Describe($"xavier_uniform(gain={gain})"), true, (values, in _, fanIn, fanOut, random) => Symmetric(values, gain * Math.Sqrt(6.0 / ((double)fanIn + fanOut)), random));

    /// <summary>N(0, s^2) with s = gain sqrt(2 / (fanIn + fanOut)) (Glorot and Bengio 2010).</summary>
    /// <param name="gain">Scale for the nonlinearity that follows.</param>
    public static Initializer XavierNormal(float gain = 1f)
        => new(Describe($"xavier_normal(gain={gain})"), true, (values, in _, fanIn, fanOut, random) => random.FillNormal(values, 0f, (float)(gain * Math.Sqrt(2.0 / ((double)fanIn + fanOut)))));

    /// <summary>U(-b, b) with b = sqrt(6 / ((1 + slope^2) fanIn)) (He et al. 2015).</summary>
    /// <param name="slope">Negative slope of the leaky ReLU that follows; 0 for ReLU.</param>
    public static Initializer KaimingUniform(float slope = 0f)
        => new(Describe($"kaiming_uniform(slope={slope})"), true, (values, in _, fanIn, _, random) => Symmetric(values, Math.Sqrt(6.0 / ((1.0 + ((double)slope * slope)) * fanIn)), random));

    /// <summary>N(0, s^2) with s = sqrt(2 / ((1 + slope^2) fanIn)) (He et al. 2015).</summary>
    /// <param name="slope">Negative slope of the leaky ReLU that follows; 0 for ReLU.</param>
    public static Initializer KaimingNormal(float slope = 0f)
        => new(Describe($"kaiming_normal(slope={slope})"), true, (values, in _, fanIn, _, random) => random.FillNormal(values, 0f, (float)Math.Sqrt(2.0 / ((1.0 + ((double)slope * slope)) * fanIn))));

    /// <summary>
    /// A random matrix with orthonormal rows (or columns, when there are more rows than columns), times the gain (Saxe et al. 2014).
    /// </summary>
    /// <param name="gain">Every singular value.</param>
    public static Initializer Orthogonal(float gain = 1f)
        => new(Describe($"orthogonal(gain={gain})"), true, (values, in shape, _, _, random) => OrthogonalMatrix.Fill(values, shape[0], gain, random));

    /// <summary>A new tensor drawn by this rule, with the fans of its shape.</summary>
    /// <param name="shape">The axis lengths, <c>[out, in, ...]</c>.</param>
    /// <param name="random">Where the draws come from.</param>
    /// <exception cref="TensorException">The rule needs fans and the shape has fewer than two axes.</exception>
    public Tensor Create(ReadOnlySpan<int> shape, RandomStream random)
    {
        var lengths = new Shape(shape);
        if (lengths.Rank < 2) return Create(shape, 0, 0, random);
        int receptive = lengths.Product(2, lengths.Rank);
        return Create(shape, lengths[1] * receptive, lengths[0] * receptive, random);
    }

    /// <summary>A new tensor drawn by this rule, with given fans.</summary>
    /// <param name="shape">The axis lengths.</param>
    /// <param name="fanIn">Inputs that add up into one output.</param>
    /// <param name="fanOut">Outputs that one input reaches.</param>
    /// <param name="random">Where the draws come from.</param>
    /// <exception cref="TensorException">The rule needs fans and they are not positive.</exception>
    public Tensor Create(ReadOnlySpan<int> shape, int fanIn, int fanOut, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var lengths = new Shape(shape);
        if (_needsFans && (fanIn <= 0 || fanOut <= 0)) throw new TensorException($"{Name}: found shape {lengths} with fans {fanIn} and {fanOut}, expected at least two axes of positive length.");
        Tensor values = Tensor.Zeros(lengths);
        _rule(values.Span, lengths, fanIn, fanOut, random);
        return values;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static void Symmetric(Span<float> values, double bound, RandomStream random) => random.FillUniform(values, (float)-bound, (float)bound);

    private static string Describe(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
