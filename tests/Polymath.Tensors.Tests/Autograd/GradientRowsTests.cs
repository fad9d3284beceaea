using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Rules that write into the rows of the gradient give what the sweep with collected values gives, whichever tasks reach a parameter and how often.</summary>
public sealed class GradientRowsTests
{
    private const int Tasks = 5;

    [Theory]
    [MemberData(nameof(Reaches))]
    public void Rows_are_right_whichever_tasks_reach_a_parameter(int reach, int uses)
    {
        var random = new RandomStream((ulong)((reach * 10) + uses));
        Tensor trunk = Leaf(random, 6, 4), bias = Leaf(random, 6), some = Leaf(random, 6, 6), offset = Leaf(random, 6), never = Leaf(random, 3), own = Leaf(random, 1, 6);
        Tensor x = Tensor.Normal(random, new Shape(7, 4));
        var layout = new ParameterLayout([trunk, never, some, bias, offset], [own]);
        var rows = new TaskGradients(Tasks, layout);
        for (int k = 0; k < Tasks; k++) rows.Row(k).Fill(99f);
        rows.Own.Fill(99f);
        using var tape = new Tape();
        for (int step = 0; step < 2; step++)
        {
            tape.Reset();
            Tensor h = Fused.Linear(x, trunk, bias, Activation.Sigmoid);
            var losses = new Tensor[Tasks];
            for (int k = 0; k < Tasks; k++)
            {
                Tensor z = h * (k + 1f);
                for (int use = 0; use < uses && ((reach >> k) & 1) == 1; use++) z = Fused.Linear(z, some, offset, Activation.Sigmoid);
                if (k == 2) z = Fused.Linear(z, own);
                losses[k] = (z * z).Sum();
            }

            Tensor[] parameters = [trunk, never, some, bias, offset], expected = tape.Gradients(losses, [.. parameters, own]);
            tape.Backward(losses, rows);
            for (int k = 0; k < Tasks; k++)
            {
                int at = 0;
                for (int p = 0; p < parameters.Length; p++)
                {
                    int length = parameters[p].Shape.Length;
                    AssertClose(expected[p].Span.Slice(k * length, length), rows.Row(k).Slice(at, length));
                    at += length;
                }
            }

            AssertClose(expected[^1].Span.Slice(2 * 6, 6), rows.Own);
        }
    }

    [Fact]
    public void Tables_are_scattered_into_the_rows_also_when_one_serves_two_fields()
    {
        var random = new RandomStream(12);
        Tensor first = Leaf(random, 7, 3), second = Leaf(random, 5, 2), own = Leaf(random, 4, 3);
        var ids = IndexTensor.FromArray([0, 1, 6, 0, 3, 4, 0, 1, 6, 2], 5, 2);
        Tensor[] parameters = [first, second, own];
        var rows = new TaskGradients(3, new ParameterLayout([first, second], [own]));
        for (int k = 0; k < 3; k++) rows.Row(k).Fill(99f);
        using var tape = new Tape();
        Tensor x = Fused.EmbedFields([first, second], ids), twice = Fused.EmbedFields([first, first], ids), alone = Fused.EmbedFields([own], IndexTensor.FromArray([3, 0, 3, 1, 0], 5, 1));
        Tensor[] losses = [(x * x).Sum(), x.Sum() + (twice * 3f).Sum(), (twice * twice).Sum() + (alone * 2f).Sum()], expected = tape.Gradients(losses, parameters);
        tape.Backward(losses, rows);
        for (int k = 0; k < 3; k++)
        {
            AssertClose(expected[0].Span.Slice(k * 21, 21), rows.Row(k)[..21]);
            AssertClose(expected[1].Span.Slice(k * 10, 10), rows.Row(k)[21..]);
        }

        AssertClose(expected[2].Span.Slice(2 * 12, 12), rows.Own);
    }

    [Theory]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Sigmoid)]
    public void A_wanted_cotangent_stays_as_it_is_when_its_own_rule_runs_too(Activation activation)
    {
        var random = new RandomStream(8);
        Tensor w = Leaf(random, 5, 4), x = Tensor.Normal(random, new Shape(6, 4));
        using var tape = new Tape();
        Tensor h = Fused.Linear(x, w, default, activation);
        Tensor[] losses = [(h * h).Sum(), (h * -3f).Sum()], both = tape.Gradients(losses, [h, w]);
        for (int i = 0; i < h.Shape.Length; i++)
        {
            Assert.Equal(2f * h.Span[i], both[0].Span[i], 1e-5f);
            Assert.Equal(-3f, both[0].Span[h.Shape.Length + i], 1e-5f);
        }

        AssertClose(tape.Gradients(losses, [w])[0].Span, both[1].Span);
    }

    public static TheoryData<int, int> Reaches()
    {
        var data = new TheoryData<int, int>();
        for (int reach = 0; reach < 1 << Tasks; reach++)
        {
            for (int uses = 1; uses <= 2; uses++) data.Add(reach, uses);
        }

        return data;
    }

    private static Tensor Leaf(RandomStream random, params int[] shape) => Tensor.Normal(random, new Shape(shape), 0f, 0.5f).WithGradient();

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-4f * (1 + Math.Abs(expected[i])));
    }
}
