using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tests;

public sealed class MultiheadAttentionTests
{
    [Theory]
    [InlineData(0f)]
    [InlineData(1e-6f)]
    public void Padding_is_as_if_it_were_not_there(float dropout)
    {
        const int Width = 4, Length = 5, Items = 3;
        var attention = new MultiheadAttention(Width, 2, new RandomStream(1), dropout);
        Tensor x = Tensor.Normal(new RandomStream(2), new Shape(2, Length, Width)), present = Tensor.FromArray([1f, 1f, 1f, 0f, 0f, 0f, 0f, 0f, 0f, 0f], 2, Length);
        Tensor padded = attention.ForwardPadded(x, present), alone = attention.Forward(x.Slice(0, 0, 1).Slice(1, 0, Items));
        for (int i = 0; i < Items * Width; i++) Assert.Equal(alone.Span[i], padded.Span[i], 1e-5f);

        // A row of padding only has nothing to attend to: what is left is the bias of the last map, zero at first.
        Assert.All(padded.Slice(0, 1, 1).ToArray(), value => Assert.Equal(0f, value));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Attention_equals_its_formula_in_double_precision(bool causal)
    {
        const int Batch = 2, Length = 4, Width = 6, Heads = 3, Size = Width / Heads;
        var attention = new MultiheadAttention(Width, Heads, new RandomStream(1));
        new RandomStream(3).FillNormal(attention.InBias.Value.Span);
        Tensor x = Tensor.Normal(new RandomStream(2), new Shape(Batch, Length, Width));
        Tensor actual = attention.Forward(x, causal ? MultiheadAttention.CausalMask(Length) : default);
        float[] inWeight = attention.InWeight.Value.ToArray(), inBias = attention.InBias.Value.ToArray();
        Dictionary<string, Parameter> named = attention.NamedParameters().ToDictionary(entry => entry.Key, entry => entry.Value);
        for (int b = 0; b < Batch; b++)
        {
            for (int i = 0; i < Length; i++)
            {
                double[] joined = new double[Width];
                for (int head = 0; head < Heads; head++)
                {
                    double[] weights = new double[causal ? i + 1 : Length];
                    for (int j = 0; j < weights.Length; j++)
                    {
                        for (int d = 0; d < Size; d++) weights[j] += Project(0, i, (head * Size) + d) * Project(1, j, (head * Size) + d) / Math.Sqrt(Size);
                    }

                    double sum = weights.Sum(Math.Exp);
                    for (int j = 0; j < weights.Length; j++)
                    {
                        for (int d = 0; d < Size; d++) joined[(head * Size) + d] += Math.Exp(weights[j]) / sum * Project(2, j, (head * Size) + d);
                    }
                }

                for (int o = 0; o < Width; o++)
                {
                    double expected = named["out_proj.bias"].Value[o] + Enumerable.Range(0, Width).Sum(c => joined[c] * named["out_proj.weight"].Value[o, c]);
                    Assert.Equal(expected, actual[b, i, o], 1e-5);
                }
            }

            double Project(int part, int position, int row)
            {
                int at = (part * Width) + row;
                return inBias[at] + Enumerable.Range(0, Width).Sum(c => (double)inWeight[(at * Width) + c] * x[b, position, c]);
            }
        }
    }

    [Fact]
    public void Names_shapes_and_first_values_are_those_of_torch()
    {
        var attention = new MultiheadAttention(4, 2, new RandomStream(1));
        Assert.Equal(
            ["in_proj_weight [12, 4]", "in_proj_bias [12]", "out_proj.weight [4, 4]", "out_proj.bias [4]"],
            attention.NamedParameters().Select(entry => $"{entry.Key} {entry.Value.Shape}"));
        Assert.All(attention.InBias.Value.ToArray(), value => Assert.Equal(0f, value));
        Assert.InRange(attention.InWeight.Value.ToArray().Max(MathF.Abs), 0.5f, MathF.Sqrt(6f / 16f));
    }

    [Fact]
    public void Self_attention_is_attention_over_itself()
    {
        var attention = new MultiheadAttention(4, 2, new RandomStream(1));
        Tensor x = Tensor.Normal(new RandomStream(2), new Shape(2, 3, 4));
        float[] one = attention.Forward(x).ToArray(), other = attention.Forward(x, x, x).ToArray();
        for (int i = 0; i < one.Length; i++) Assert.Equal(one[i], other[i], 1e-6f);
    }

    [Fact]
    public void Wrong_shapes_and_closed_masks_are_refused()
    {
        var attention = new MultiheadAttention(4, 2, new RandomStream(1));
        Tensor x = Tensor.Ones(2, 3, 4);
        Assert.Contains("[batch, length, 4]", Assert.Throws<TensorException>(() => attention.Forward(Tensor.Ones(2, 3, 5))).Message, StringComparison.Ordinal);
        Assert.Contains("expected [3, 3]", Assert.Throws<TensorException>(() => attention.Forward(x, Tensor.Zeros(2, 3))).Message, StringComparison.Ordinal);
        Assert.Contains("blocks every key of query 0", Assert.Throws<TensorException>(() => attention.Forward(x, Tensor.Ones(3, 3))).Message, StringComparison.Ordinal);
        Assert.Contains("multiple of 3 heads", Assert.Throws<ArgumentException>(() => new MultiheadAttention(4, 3, new RandomStream(1))).Message, StringComparison.Ordinal);
    }
}
