using FsCheck;
using FsCheck.Fluent;
using Polymath.Learning;
using Polymath.Learning.Losses;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Every loss against its closed form in double precision, and its gradient against central differences of that form.</summary>
public sealed class LossTests
{
    private const float NaN = float.NaN;
    private static readonly double[] s_weights = [0.5, 2, 0, 1.5];

    /// <summary>Name, loss, the row formula and the row weight in double precision, outputs per row.</summary>
    private static readonly Dictionary<string, (Loss Loss, Func<double[], double, double> Row, Func<double, double> Weight, int Outputs)> s_cases = new(StringComparer.Ordinal)
    {
        ["bce"] = (new BceWithLogits(), (x, y) => Bce(x[0], y, 1), _ => 1, 1),
        ["bce weighted"] = (new BceWithLogits(3f), (x, y) => Bce(x[0], y, 3), _ => 1, 1),
        ["bce smoothed"] = (new BceWithLogits(3f, 0.2f), (x, y) => Bce(x[0], (y * 0.8) + 0.1, 3), _ => 1, 1),
        ["cross_entropy"] = (new CrossEntropy(), (x, y) => -LogSoftmax(x, (int)y), _ => 1, 4),
        ["cross_entropy weighted"] = (new CrossEntropy([0.5f, 2f, 0f, 1.5f]), (x, y) => -s_weights[(int)y] * LogSoftmax(x, (int)y), y => s_weights[(int)y], 4),
        ["cross_entropy weighted smoothed"] = (
            new CrossEntropy([0.5f, 2f, 0f, 1.5f], 0.1f),
            (x, y) => (-0.9 * s_weights[(int)y] * LogSoftmax(x, (int)y)) - (0.1 / 4 * Enumerable.Range(0, 4).Sum(c => s_weights[c] * LogSoftmax(x, c))),
            y => s_weights[(int)y], 4),
        ["mse"] = (new MeanSquaredError(), (x, y) => (x[0] - y) * (x[0] - y), _ => 1, 1),
        ["mae"] = (new MeanAbsoluteError(), (x, y) => Math.Abs(x[0] - y), _ => 1, 1),
        ["huber"] = (new Huber(0.7f), (x, y) => HuberRow(x[0] - y, 0.7), _ => 1, 1),
        ["poisson"] = (new Poisson(), (x, y) => Math.Exp(x[0]) - (y * x[0]), _ => 1, 1),
        ["poisson full"] = (new Poisson(full: true), (x, y) => Math.Exp(x[0]) - (y * x[0]) + (y > 1 ? (y * Math.Log(y)) - y + (0.5 * Math.Log(2 * Math.PI * y)) : 0), _ => 1, 1),
        ["focal binary"] = (new Focal(2f, 0.25f), (x, y) => FocalRow(y == 1 ? Sigmoid(x[0]) : Sigmoid(-x[0]), 2, y == 1 ? 0.25 : 0.75), _ => 1, 1),
        ["focal gamma"] = (new Focal(0.5f), (x, y) => FocalRow(y == 1 ? Sigmoid(x[0]) : Sigmoid(-x[0]), 0.5, 1), _ => 1, 1),
        ["focal classes"] = (new Focal(1.5f, classWeights: [0.5f, 2f, 0f, 1.5f]), (x, y) => FocalRow(Math.Exp(LogSoftmax(x, (int)y)), 1.5, s_weights[(int)y]), _ => 1, 4),
    };

    public static TheoryData<string> Cases => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Value_and_gradient_equal_the_closed_form_over_the_observed_rows(string name)
    {
        (Loss loss, Func<double[], double, double> row, Func<double, double> weight, int outputs) = s_cases[name];
        (float[] x, float[] labels) = Rows(loss, outputs, count: 17, seed: 3);
        for (int i = 0; i < labels.Length; i += 5) labels[i] = NaN;

        (float value, float[] gradient, int observed) = Evaluate(loss, x, labels, outputs);
        Assert.Equal(labels.Count(label => !float.IsNaN(label)), observed);
        double[] exact = [.. x.Select(v => (double)v)];
        Assert.Equal(Reference(exact), value, 2e-5 * Math.Max(1, Math.Abs(value)));
        for (int j = 0; j < exact.Length; j++)
        {
            const double Step = 1e-5;
            double at = exact[j];
            exact[j] = at + Step;
            double above = Reference(exact);
            exact[j] = at - Step;
            double below = Reference(exact);
            exact[j] = at;
            Assert.Equal((above - below) / (2 * Step), gradient[j], 2e-5);
        }

        double Reference(double[] values)
        {
            double sum = 0, weights = 0;
            for (int i = 0; i < labels.Length; i++)
            {
                if (float.IsNaN(labels[i])) continue;
                sum += row(values[(i * outputs)..((i + 1) * outputs)], labels[i]);
                weights += weight(labels[i]);
            }

            return sum / weights;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Unobserved_rows_are_as_good_as_removed(string name)
    {
        (Loss loss, _, _, int outputs) = s_cases[name];
        Prop.ForAll<int, int>((seed, pattern) =>
        {
            (float[] x, float[] labels) = Rows(loss, outputs, count: 12, seed);
            float[] masked = [.. labels.Select((label, i) => ((pattern >> i) & 1) == 0 ? label : NaN)];
            int[] kept = [.. Enumerable.Range(0, 12).Where(i => !float.IsNaN(masked[i]))];
            if (kept.Length == 0) return;
            (float value, float[] gradient, int observed) = Evaluate(loss, x, masked, outputs);
            (float expected, float[] gradients, _) = Evaluate(loss, [.. kept.SelectMany(i => x[(i * outputs)..((i + 1) * outputs)])], [.. kept.Select(i => labels[i])], outputs);
            Assert.Equal(kept.Length, observed);
            Assert.Equal(expected, value, 1e-5f * MathF.Max(1, MathF.Abs(expected)));
            for (int i = 0; i < 12; i++)
            {
                int at = Array.IndexOf(kept, i);
                for (int c = 0; c < outputs; c++)
                {
                    float alone = at < 0 ? 0f : gradients[(at * outputs) + c];
                    Assert.Equal(alone, gradient[(i * outputs) + c], 1e-6f * MathF.Max(1, MathF.Abs(alone)));
                }
            }
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Extreme_outputs_give_finite_values_and_gradients(string name)
    {
        (Loss loss, _, _, int outputs) = s_cases[name];
        int classes = Math.Max(2, outputs);
        float[] extremes = [1e4f, -1e4f, 0f, 88f, -88f, 104f, -104f];
        foreach (float first in extremes)
        {
            foreach (float other in extremes)
            {
                for (int label = 0; label < classes; label++)
                {
                    float[] x = new float[outputs];
                    Array.Fill(x, other);
                    x[0] = first;
                    (float value, float[] gradient, _) = Evaluate(loss, x, [label], outputs);
                    Assert.True(float.IsFinite(value), $"{first} {other} {label}: {value}");
                    Assert.All(gradient, g => Assert.True(float.IsFinite(g), $"{first} {other} {label}: {g}"));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_infinite_output_of_an_unobserved_row_does_not_leak(string name)
    {
        (Loss loss, _, _, int outputs) = s_cases[name];
        float[] x = new float[3 * outputs];
        Array.Fill(x, float.PositiveInfinity, outputs, outputs);
        (float value, float[] gradient, _) = Evaluate(loss, x, [1f, NaN, 0f], outputs);
        Assert.True(float.IsFinite(value));
        Assert.All(gradient, g => Assert.True(float.IsFinite(g)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Without_a_label_the_loss_is_zero_and_has_no_gradient(string name)
    {
        (Loss loss, _, _, int outputs) = s_cases[name];
        (float value, float[] gradient, int observed) = Evaluate(loss, new float[2 * outputs], [NaN, NaN], outputs);
        Assert.Equal(0, observed);
        Assert.Equal(0f, value);
        Assert.All(gradient, g => Assert.Equal(0f, g));
    }

    [Theory]
    [InlineData("bce", 0.5f, "0 or 1")]
    [InlineData("bce", -1f, "0 or 1")]
    [InlineData("cross_entropy", 4f, "0 .. 3")]
    [InlineData("cross_entropy", 1.5f, "0 .. 3")]
    [InlineData("focal classes", -1f, "0 .. 3")]
    [InlineData("focal binary", 2f, "0 or 1")]
    [InlineData("mse", float.PositiveInfinity, "finite")]
    [InlineData("poisson", -1f, "0 or more")]
    public void A_label_of_another_kind_is_named_by_row_and_value(string name, float label, string expected)
    {
        (Loss loss, _, _, int outputs) = s_cases[name];
        LabelException error = Assert.Throws<LabelException>(() => loss.Mean(Tensor.Zeros(3, outputs), [1f, NaN, label], out _));
        Assert.Equal(2, error.Row);
        Assert.Equal(label, error.Value);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Output_shapes_are_checked_against_labels_and_loss()
    {
        Assert.Contains("expected [2, outputs]", Assert.Throws<TensorException>(() => new MeanSquaredError().Mean(Tensor.Zeros(3, 1), [0f, 1f], out _)).Message, StringComparison.Ordinal);
        Assert.Contains("expected 1", Assert.Throws<TensorException>(() => new MeanSquaredError().Mean(Tensor.Zeros(2, 2), [0f, 1f], out _)).Message, StringComparison.Ordinal);
        Assert.Contains("at least 2", Assert.Throws<TensorException>(() => new CrossEntropy().Mean(Tensor.Zeros(2, 1), [0f, 1f], out _)).Message, StringComparison.Ordinal);
        Assert.Contains("3 class weights for 2", Assert.Throws<TensorException>(() => new CrossEntropy([1f, 1f, 1f]).Mean(Tensor.Zeros(2, 2), [0f, 1f], out _)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Easy_rows_keep_their_precision()
    {
        Assert.Equal(Math.Exp(-30), Evaluate(new BceWithLogits(), [-30f], [0f], 1).Value, 1e-18);
        Assert.Equal(Math.Exp(-30), Evaluate(new BceWithLogits(), [-30f], [0f], 1).Gradient[0], 1e-18);
        Assert.Equal(Math.Exp(-90), Evaluate(new Focal(2f), [-30f], [0f], 1).Value, 1e-44);
    }

    private static (float Value, float[] Gradient, int Observed) Evaluate(Loss loss, float[] x, float[] labels, int outputs)
    {
        Tensor leaf = Tensor.FromArray(x, labels.Length, outputs).WithGradient();
        using var tape = new Tape();
        Tensor value = loss.Mean(leaf, labels, out int observed);
        return (value.Item(), observed == 0 ? new float[x.Length] : tape.Gradient(value, leaf).ToArray(), observed);
    }

    private static (float[] X, float[] Labels) Rows(Loss loss, int outputs, int count, int seed)
    {
        var random = new RandomStream((ulong)(uint)seed);
        float[] x = new float[count * outputs], labels = new float[count];
        random.FillNormal(x, 0f, 1.5f);
        bool classes = loss.Kinds.Contains(TaskKind.Binary) || outputs > 1;
        for (int i = 0; i < count; i++)
        {
            labels[i] = classes ? random.NextInt32(Math.Max(2, outputs)) : loss is Poisson ? random.NextInt32(6) : random.NextNormal();
        }

        return (x, labels);
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double Bce(double x, double q, double positiveWeight) => -(positiveWeight * q * Math.Log(Sigmoid(x))) - ((1 - q) * Math.Log(1 - Sigmoid(x)));

    private static double LogSoftmax(double[] x, int c) => x[c] - Math.Log(x.Sum(Math.Exp));

    private static double HuberRow(double d, double delta) => Math.Abs(d) <= delta ? 0.5 * d * d : delta * (Math.Abs(d) - (0.5 * delta));

    private static double FocalRow(double p, double gamma, double weight) => -weight * Math.Pow(1 - p, gamma) * Math.Log(p);
}
