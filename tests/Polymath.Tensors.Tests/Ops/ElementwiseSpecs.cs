using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Operators, comparisons and element-wise functions.</summary>
internal static class ElementwiseSpecs
{
    public static IEnumerable<OpSpec> All() => [.. Binary(), .. WithNumber(), .. Comparisons(), .. Unary()];

    private static IEnumerable<OpSpec> Binary() =>
    [
        Pair("Add", (a, b) => a + b, (a, b) => a + b),
        Pair("Subtract", (a, b) => a - b, (a, b) => a - b),
        Pair("Multiply", (a, b) => a * b, (a, b) => a * b),
        Pair("Divide", (a, b) => a / b, (a, b) => a / b, right: (s, shape) => s.AwayFromZero(shape)),
        Pair("Maximum", Tensor.Maximum, Math.Max, (s, shape) => s.Grid(0f, shape), (s, shape) => s.Grid(0.1f, shape)),
        Pair("Minimum", Tensor.Minimum, Math.Min, (s, shape) => s.Grid(0f, shape), (s, shape) => s.Grid(0.1f, shape)),
        Pair("Pow of a tensor", (a, b) => a.Pow(b), Math.Pow, (s, shape) => s.Uniform(0.4f, 2f, shape)) with { MayAlias = false },
        new("Where", s =>
        {
            int[] shape = s.Shape();
            OpInput mask = s.Whole(s.Shrunk(shape)), a = s.Normal(s.Shrunk(shape)), b = s.Normal(shape);
            return new OpCase([mask, a, b], t => Tensor.Where(t[0], t[1], t[2]),
                t => Dense.Build(Dense.Broadcast(Dense.Broadcast(t[0].Shape, t[1].Shape), t[2].Shape), i => t[0].Stretched(i) != 0 ? t[1].Stretched(i) : t[2].Stretched(i)));
        }),
    ];

    private static IEnumerable<OpSpec> WithNumber() =>
    [
        One("Tensor + number", x => x + 0.7f, x => x + 0.7f),
        One("Number + tensor", x => -1.3f + x, x => -1.3f + x),
        One("Tensor - number", x => x - 0.7f, x => x - 0.7f),
        One("Number - tensor", x => 0.6f - x, x => 0.6f - x),
        One("Tensor * number", x => x * -1.7f, x => x * -1.7f),
        One("Number * tensor", x => 0.3f * x, x => 0.3f * x),
        One("Tensor / number", x => x / 0.6f, x => x / 0.6f),
        One("Number / tensor", x => 1.4f / x, x => 1.4f / x, (s, shape) => s.AwayFromZero(shape)),
        One("Negate", x => -x, x => -x),
    ];

    private static IEnumerable<OpSpec> Comparisons() =>
    [
        Compare("EqualTo", (a, b) => a.EqualTo(b), (a, b) => a == b),
        Compare("LessThan", (a, b) => a.LessThan(b), (a, b) => a < b),
        Compare("LessOrEqual", (a, b) => a.LessOrEqual(b), (a, b) => a <= b),
        Compare("GreaterThan", (a, b) => a.GreaterThan(b), (a, b) => a > b),
        Compare("GreaterOrEqual", (a, b) => a.GreaterOrEqual(b), (a, b) => a >= b),
        Compare("GreaterThan number", (a, _) => a.GreaterThan(1f), (a, _) => a > 1, sameShape: true),
        Compare("LessThan number", (a, _) => a.LessThan(1f), (a, _) => a < 1, sameShape: true),
    ];

    private static IEnumerable<OpSpec> Unary() =>
    [
        One("Exp", x => x.Exp(), Math.Exp),
        One("Log", x => x.Log(), Math.Log, Positive),
        One("Sqrt", x => x.Sqrt(), Math.Sqrt, Positive),
        One("Abs", x => x.Abs(), Math.Abs, (s, shape) => s.AwayFromZero(shape)),
        One("Pow 2", x => x.Pow(2f), x => x * x),
        One("Pow 3", x => x.Pow(3f), x => x * x * x),
        One("Pow 1", x => x.Pow(1f), x => x),
        One("Pow 0", x => x.Pow(0f), _ => 1),
        One("Pow 0.5", x => x.Pow(0.5f), Math.Sqrt, Positive),
        One("Pow -1.5", x => x.Pow(-1.5f), x => Math.Pow(x, -1.5), Positive),
        One("Pow -1", x => x.Pow(-1f), x => 1 / x, (s, shape) => s.AwayFromZero(shape)),
        One("Clamp", x => x.Clamp(-0.6f, 0.8f), x => Math.Clamp(x, -0.6f, 0.8f), (s, shape) => s.Grid(0.1f, shape)),
        One("Relu", x => x.Relu(), x => Math.Max(x, 0), (s, shape) => s.AwayFromZero(shape)),
        One("Gelu", x => x.Gelu(), x => 0.5 * x * (1 + Erf(x / Math.Sqrt(2)))),
        One("Gelu by tanh", x => x.Gelu(approximate: true), x => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))))),
        One("Silu", x => x.Silu(), x => x / (1 + Math.Exp(-x))),
        One("Sigmoid", x => x.Sigmoid(), x => 1 / (1 + Math.Exp(-x))),
        One("Tanh", x => x.Tanh(), Math.Tanh),
        One("Softplus", x => x.Softplus(), x => Math.Log(1 + Math.Exp(x))),
        One("Erf", x => x.Erf(), Erf),
        One("Sin", x => x.Sin(), Math.Sin),
        One("Cos", x => x.Cos(), Math.Cos),
        One("Detach", x => x.Detach() * x, x => x * x) with { Differentiable = false },
    ];

    /// <summary>erf x = 2/sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) / (2n+1)!!, all terms of one sign.</summary>
    internal static double Erf(double x)
    {
        double term = x, sum = x;
        for (int n = 1; n < 120; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    private static OpInput Positive(Sampler s, int[] shape) => s.Uniform(0.3f, 2.5f, shape);

    private static OpSpec One(string name, Func<Tensor, Tensor> apply, Func<double, double> rule, Func<Sampler, int[], OpInput>? domain = null)
        => new(name, s => new OpCase([(domain ?? Any)(s, s.Shape())], t => apply(t[0]), t => t[0].Map(rule)));

    private static OpSpec Pair(
        string name, Func<Tensor, Tensor, Tensor> apply, Func<double, double, double> rule, Func<Sampler, int[], OpInput>? left = null, Func<Sampler, int[], OpInput>? right = null)
        => new(name, s =>
        {
            int[] shape = s.Shape();
            return new OpCase([(left ?? Any)(s, s.Shrunk(shape)), (right ?? Any)(s, s.Shrunk(shape))], t => apply(t[0], t[1]), t => Dense.Zip(t[0], t[1], rule));
        });

    private static OpSpec Compare(string name, Func<Tensor, Tensor, Tensor> apply, Func<double, double, bool> rule, bool sameShape = false)
        => new(name, s =>
        {
            int[] shape = s.Shape();
            return new OpCase([s.Whole(shape), s.Whole(sameShape ? shape : s.Shrunk(shape))], t => apply(t[0], t[1]), t => Dense.Zip(t[0], t[1], (a, b) => rule(a, b) ? 1 : 0));
        }, Differentiable: false);

    private static OpInput Any(Sampler s, int[] shape) => s.Normal(shape);
}
