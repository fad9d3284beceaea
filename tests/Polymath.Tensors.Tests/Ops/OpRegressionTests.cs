using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Cases that once went wrong, and edges that a random table does not reach.</summary>
public sealed class OpRegressionTests
{
    [Fact]
    public void A_linear_map_without_inputs_is_its_bias()
    {
        using var tape = new Tape();
        Tensor w = Tensor.Zeros(2, 0).WithGradient(), b = Tensor.FromArray([3f, 4f]).WithGradient();
        Tensor y = Fused.Linear(Tensor.Zeros(3, 0), w, b);
        Assert.Equal([3f, 4f, 3f, 4f, 3f, 4f], y.ToArray());
        Tensor[] gradients = tape.Gradients([y.Sum()], [w, b]);
        Assert.Equal(new Shape(1, 2, 0), gradients[0].Shape);
        Assert.Equal([3f, 3f], gradients[1].ToArray());
    }

    [Fact]
    public void A_linear_map_without_outputs_has_zero_gradient()
    {
        using var tape = new Tape();
        Tensor x = Tensor.Ones(3, 2).WithGradient(), w = Tensor.Zeros(0, 2).WithGradient();
        Tensor[] gradients = tape.Gradients([Fused.Linear(x, w).Sum(), x.Sum()], [x, w]);
        Assert.Equal([0f, 0f, 0f, 0f, 0f, 0f, 1f, 1f, 1f, 1f, 1f, 1f], gradients[0].ToArray());
        Assert.Equal(new Shape(2, 0, 2), gradients[1].Shape);
    }

    [Fact]
    public void A_batched_product_over_an_empty_axis_can_be_differentiated()
    {
        using var tape = new Tape();
        Tensor a = Tensor.Zeros(2, 3, 0).WithGradient(), b = Tensor.Zeros(0, 4).WithGradient();
        Tensor y = a.MatMul(b);
        Assert.Equal(new float[24], y.ToArray());
        Tensor[] gradients = tape.Gradients([y.Sum()], [a, b]);
        Assert.Equal(new Shape(1, 2, 3, 0), gradients[0].Shape);
        Assert.Equal(new Shape(1, 0, 4), gradients[1].Shape);
    }

    [Fact]
    public void A_mask_may_hold_any_number_that_is_not_zero()
    {
        using var tape = new Tape();
        Tensor a = Tensor.Ones(3).WithGradient(), b = Tensor.Ones(3).WithGradient();
        Tensor y = Tensor.Where(Tensor.FromArray([2f, 0f, -3f]), a * 5f, b * 7f);
        Assert.Equal([5f, 7f, 5f], y.ToArray());
        Tensor[] gradients = tape.Gradients([y], [a, b]);
        Assert.Equal([5f, 0f, 5f], gradients[0].ToArray());
        Assert.Equal([0f, 7f, 0f], gradients[1].ToArray());
    }

    [Fact]
    public void Infinity_on_the_side_not_chosen_stays_out_of_value_and_gradient()
    {
        using var tape = new Tape();
        Tensor x = Tensor.FromArray([0f, 2f]).WithGradient();
        // The gradient that arrives at Where is infinite at the first element, which chose the constant.
        Tensor y = Tensor.Where(x.GreaterThan(0f), x, Tensor.Scalar(0f)).Sqrt();
        float[] gradient = tape.Gradient(y, x).ToArray();
        Assert.Equal(0f, gradient[0]);
        Assert.Equal(0.35355338f, gradient[1], 1e-6f);
    }

    [Fact]
    public void A_scalar_index_takes_the_axis_away_and_its_gradient_puts_it_back()
    {
        using var tape = new Tape();
        Tensor table = Tensor.FromArray([1f, 2f, 3f]).WithGradient();
        var index = new IndexTensor(new Shape());
        index.Span[0] = 1;
        Tensor picked = table.GatherRows(index);
        Assert.Equal(0, picked.Shape.Rank);
        Assert.Equal([0f, 1f, 0f], tape.Gradient(picked, table).ToArray());
        Assert.Equal([0f, 0f, 4f, 0f], Tensor.Scalar(4f).ScatterRows(Two(), 4).ToArray());

        static IndexTensor Two()
        {
            var two = new IndexTensor(new Shape());
            two.Span[0] = 2;
            return two;
        }
    }

    [Fact]
    public void One_tensor_as_scale_and_shift_leaves_the_input_gradient_alone()
    {
        float[] values = [1f, 2f, 3f, 5f, -1f, 0.5f];
        Assert.Equal(Gradient(shared: false), Gradient(shared: true));

        float[] Gradient(bool shared)
        {
            using var tape = new Tape();
            Tensor x = Tensor.FromArray(values, 3, 2).WithGradient(), gamma = Tensor.FromArray([1.5f, -0.5f]).WithGradient();
            Tensor beta = shared ? gamma : Tensor.FromArray([1.5f, -0.5f]).WithGradient();
            Tensor y = Fused.BatchNorm(x, gamma, beta, 1e-3f, new float[2], new float[2]);
            return tape.Gradients([(y * y * y).Sum()], [gamma, x])[1].ToArray();
        }
    }

    [Fact]
    public void A_parameter_of_one_element_may_itself_be_a_loss()
    {
        Tensor w = Tensor.FromArray([2f]).WithGradient();
        var rows = new TaskGradients(2, new ParameterLayout([w], []));
        using var tape = new Tape();
        Tensor square = w * w;
        tape.Backward([w, square], rows);
        Assert.Equal(1f, rows.Row(0)[0]);
        Assert.Equal(4f, rows.Row(1)[0]);
    }

    [Fact]
    public void A_parameter_made_on_a_tape_is_refused()
    {
        using var tape = new Tape();
        Tensor inside = Tensor.Ones(3).WithGradient();
        Assert.Contains("while a tape was open", Assert.Throws<TensorException>(() => new ParameterLayout([inside], [])).Message, StringComparison.Ordinal);
        Assert.Equal(3, new ParameterLayout([inside.Keep()], []).Count);
    }

    [Fact]
    public void Gradients_of_two_inputs_never_share_memory()
    {
        using var tape = new Tape();
        Tensor a = Tensor.Ones(2, 2).WithGradient(), b = Tensor.Ones(2, 2).WithGradient();
        Tensor[] gradients = tape.Gradients([(a + b.Reshape(4).Reshape(2, 2)).Sum()], [a, b]);
        gradients[0].Span.Fill(9f);
        Assert.Equal([1f, 1f, 1f, 1f], gradients[1].ToArray());
    }

    [Fact]
    public void The_gradient_of_a_tie_is_shared_or_goes_to_the_first()
    {
        using var tape = new Tape();
        Tensor a = Tensor.FromArray([1f, 2f]).WithGradient(), b = Tensor.FromArray([1f, 3f]).WithGradient();
        Assert.Equal([0.5f, 0f], tape.Gradient(Tensor.Maximum(a, b), a).ToArray());
        Assert.Equal([0.5f, 1f], tape.Gradient(Tensor.Minimum(a, b), a).ToArray());
        Tensor x = Tensor.FromArray([4f, 7f, 7f]).WithGradient();
        Assert.Equal([0f, 1f, 0f], tape.Gradient(x.Max(0), x).ToArray());
        Tensor edge = Tensor.FromArray([-1f, 0f, 1f, 2f]).WithGradient();
        Assert.Equal([0f, 1f, 1f, 0f], tape.Gradient(edge.Clamp(0f, 1f), edge).ToArray());
        Assert.Equal([-1f, 0f, 1f, 1f], tape.Gradient(edge.Abs(), edge).ToArray());
        Assert.Equal([0f, 0f, 1f, 1f], tape.Gradient(edge.Relu(), edge).ToArray());
    }

    [Fact]
    public void Whole_powers_take_negative_numbers()
    {
        Tensor x = Tensor.FromArray([-1.5f, -2f]);
        Assert.Equal([-3.375f, -8f], x.Pow(3f).ToArray());
        Assert.Equal([-1.5f, -2f], x.Pow(1f).ToArray());
        Assert.Equal(0.25f, x.Pow(-2f)[1], 1e-6f);
    }

    [Fact]
    public void A_power_of_zero_has_a_gradient_for_its_exponent()
    {
        using var tape = new Tape();
        Tensor x = Tensor.FromArray([0f, 2f]), p = Tensor.FromArray([2f, 3f]).WithGradient();
        float[] gradient = tape.Gradient(x.Pow(p), p).ToArray();
        Assert.Equal(0f, gradient[0]);
        Assert.Equal(8f * MathF.Log(2f), gradient[1], 1e-5f);
    }

    [Fact]
    public void Extreme_inputs_neither_overflow_nor_vanish()
    {
        Tensor x = Tensor.FromArray([-200f, 0f, 200f]);
        Assert.Equal([0f, MathF.Log(2f), 200f], x.Softplus().ToArray().Select(v => MathF.Round(v, 6)), (a, b) => MathF.Abs(a - b) < 1e-5f);
        Assert.Equal([0f, 0.5f, 1f], x.Sigmoid().ToArray());
        Assert.Equal([-1f, 0f, 1f], x.Tanh().ToArray());
        Assert.Equal(200f, x.LogSumExp(0).Item());
        Assert.Equal([-400f, -200f, 0f], x.LogSoftmax().ToArray());
        Assert.Equal([0f, 0f, 1f], x.Softmax().ToArray());
    }

    [Fact]
    public void Dropout_keeps_the_expectation_and_the_share()
    {
        Tensor y = Fused.Dropout(Tensor.Ones(100_000), 0.3f, new RandomStream(5));
        float[] values = y.ToArray();
        Assert.Equal(1f, values.Average(), 0.01f);
        Assert.Equal(0.3, values.Count(v => v == 0f) / 1e5, 0.01);
        Assert.Equal(values, Fused.Dropout(Tensor.Ones(100_000), 0.3f, new RandomStream(5)).ToArray());
    }

    [Fact]
    public void Batch_statistics_are_the_mean_and_the_biased_variance()
    {
        float[] mean = new float[2], variance = new float[2];
        Fused.BatchNorm(Tensor.FromArray([1f, 2f, 3f, 6f], 2, 2), Tensor.Ones(2), Tensor.Zeros(2), 1e-5f, mean, variance);
        Assert.Equal([2f, 4f], mean);
        Assert.Equal([1f, 4f], variance);
    }

    [Fact]
    public void A_large_mean_does_not_spoil_the_variance_of_many_rows()
    {
        const int Rows = 1000;
        float[] mean = new float[1], variance = new float[1];
        Tensor x = Tensor.Zeros(Rows, 1);
        for (int i = 0; i < Rows; i++) x.Span[i] = 4096f + (i % 2 == 0 ? -0.5f : 0.5f) + (i < Rows / 2 ? -8f : 8f);
        Tensor y = Fused.BatchNorm(x, Tensor.Ones(1), Tensor.Zeros(1), 1e-5f, mean, variance);
        Assert.Equal(4096f, mean[0]);
        Assert.Equal(64.25f, variance[0], 1e-4f);
        Assert.Equal(-8.5 / Math.Sqrt(64.25), y[0, 0], 1e-5);
    }

    [Fact]
    public void Depthwise_convolution_filters_each_channel_alone()
    {
        Tensor x = Tensor.FromArray([1f, 2f, 3f, 10f, 20f, 30f], 1, 2, 3), w = Tensor.FromArray([1f, 1f, 1f, -1f], 2, 1, 2);
        Tensor y = Fused.Conv1d(x, w, groups: 2);
        Assert.Equal(new Shape(1, 2, 2), y.Shape);
        Assert.Equal([3f, 5f, -10f, -10f], y.ToArray());
    }

    [Fact]
    public void Losses_of_extreme_logits_are_exact_and_unobserved_rows_do_not_matter()
    {
        using var tape = new Tape();
        Tensor x = Tensor.FromArray([-200f, 30f, -30f, float.NaN, float.PositiveInfinity]).WithGradient();
        Tensor loss = Fused.BinaryCrossEntropy(x, Tensor.FromArray([1f, 1f, 0f, float.NaN, float.NaN]));
        Assert.Equal(200f, loss[0]);
        Assert.Equal(MathF.Exp(-30f), loss[1], 1e-18f);
        Assert.Equal(MathF.Exp(-30f), loss[2], 1e-18f);
        Assert.Equal([0f, 0f], loss.ToArray()[3..]);
        float[] gradient = tape.Gradient(loss, x).ToArray();
        Assert.Equal(-MathF.Exp(-30f), gradient[1], 1e-18f);
        Assert.Equal([0f, 0f], gradient[3..]);

        Tensor logits = Tensor.FromArray([1000f, 0f, float.NegativeInfinity, float.NaN, 1f, 1f], 2, 3).WithGradient();
        Tensor entropy = Fused.SoftmaxCrossEntropy(logits, Tensor.FromArray([1f, float.NaN]));
        Assert.Equal([1000f, 0f], entropy.ToArray());
        Assert.Equal([1f, -1f, 0f, 0f, 0f, 0f], tape.Gradient(entropy, logits).ToArray());
    }
}
