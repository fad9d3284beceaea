using Polymath.Learning.Losses;
using Polymath.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Tests.Spherical;

public sealed class FactoredOutputTests
{
    public static TheoryData<InverseUpdate> Modes => [.. Enum.GetValues<InverseUpdate>()];

    public static TheoryData<string> Losses => ["z", "z elsewhere", "mse", "taylor", "spherical", "custom"];

    [Fact]
    public void Five_hundred_steps_over_two_thousand_classes_stay_exact_in_double_precision()
    {
        (double largest, double distance) = Run(classes: 2000, hidden: 32, examples: 16, steps: 500, SphericalLoss.Z(1, 0), 0.02, new() { DoublePrecision = true, StabilizePeriod = 100 });
        Assert.True(distance < 1e-8, $"W is off by {distance:E2} of {largest}");
    }

    [Fact]
    public void Five_hundred_steps_stay_within_a_thousandth_in_single_precision()
    {
        (double largest, double distance) = Run(classes: 2000, hidden: 32, examples: 16, steps: 500, SphericalLoss.Z(1, 0), 0.02, new() { StabilizePeriod = 10 });
        Assert.True(distance < 1e-3 * largest, $"W is off by {distance:E2} of {largest}");
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Every_way_to_update_the_inverse_is_exact(InverseUpdate mode)
    {
        (_, double distance) = Run(classes: 60, hidden: 9, examples: 5, steps: 60, SphericalLoss.Z(1, 3), 0.05, new() { DoublePrecision = true, StabilizePeriod = 7, InverseUpdate = mode, WeightDecay = 0.1 });
        Assert.True(distance < 1e-10, $"W is off by {distance:E2}");
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Every_loss_gives_the_step_and_the_hidden_gradient_of_the_whole_matrix(string name)
    {
        SphericalLoss loss = Loss(name);
        (_, double distance) = Run(classes: 40, hidden: 6, examples: 4, steps: 20, loss, 0.003, new() { DoublePrecision = true });
        Assert.True(distance < 1e-10, $"W is off by {distance:E2}");
    }

    [Fact]
    public void Weight_decay_shrinks_the_matrix_with_all_that_is_kept_of_it()
    {
        FactoredSphericalOutput layer = Layer(50, 6, SphericalLoss.Z(), 0.1, new() { DoublePrecision = true, WeightDecay = 0.5 }, out NaiveOutput naive);
        var random = new RandomStream(5);
        for (int n = 0; n < 30; n++)
        {
            (float[] h, int[] targets) = Batch(random, 3, 6, 50);
            (double expected, _) = naive.Step(layer.Loss, h, targets, 0.1, 0.5);
            Assert.Equal(expected, layer.ForwardBackwardUpdate(h, targets, new float[h.Length]), 1e-9);
        }

        Assert.True(naive.Distance(layer) < 1e-11);
        Assert.True(layer.Matrix.Recompute() < 1e-12);
    }

    [Fact]
    public void Stabilisation_keeps_the_matrix_and_tames_its_factor()
    {
        // One hidden direction is pulled at every step, which drives one singular value of U away from 1.
        FactoredSphericalOutput layer = Layer(30, 8, SphericalLoss.Mse, 0.02, new() { DoublePrecision = true, StabilizePeriod = 0 }, out NaiveOutput naive);
        float[] h = [1f, 0.5f, 0f, 0f, 0f, 0f, 0f, 0f];
        for (int n = 0; n < 60; n++)
        {
            naive.Step(layer.Loss, h, [n % 30], 0.02);
            layer.ForwardBackwardUpdate(h, [n % 30], new float[8]);
        }

        Assert.True(LeastSingular(layer) < 0.5);
        layer.Matrix.Stabilize();
        Assert.InRange(LeastSingular(layer), 0.5, 2);
        Assert.True(naive.Distance(layer) < 1e-11);
        layer.Matrix.Unfactorize();
        Assert.Equal(1, LeastSingular(layer), 12);
        Assert.True(naive.Distance(layer) < 1e-11);
    }

    [Fact]
    public void When_many_directions_need_it_the_matrix_is_written_out()
    {
        FactoredSphericalOutput layer = Layer(30, 4, SphericalLoss.Mse, 0.05, new() { DoublePrecision = true, StabilizePeriod = 10 }, out NaiveOutput naive);
        var random = new RandomStream(9);
        for (int n = 0; n < 100; n++)
        {
            (float[] h, int[] targets) = Batch(random, 3, 4, 30);
            for (int i = 0; i < h.Length; i++) h[i] *= 0.5f;
            naive.Step(layer.Loss, h, targets, 0.05);
            layer.ForwardBackwardUpdate(h, targets, new float[h.Length]);
        }

        Assert.True(naive.Distance(layer) < 1e-9);
    }

    [Fact]
    public void Several_targets_are_learned_through_a_custom_loss()
    {
        // The squared distance from the sum of the targets' one-hot vectors: q - 2 sum o_c + K.
        var both = SphericalLoss.Custom((ReadOnlySpan<double> targets, double q, double s, int classes, Span<double> gradients, out double dq, out double ds) =>
        {
            gradients.Fill(-2);
            (dq, ds) = (1, 0);
            double loss = q + targets.Length;
            foreach (double target in targets) loss -= 2 * target;
            return loss;
        });
        FactoredSphericalOutput layer = Layer(20, 5, both, 0.01, new() { DoublePrecision = true }, out NaiveOutput naive);
        float[] h = [0.3f, -1f, 0.5f, 2f, 0.1f];
        double[] before = [.. naive.Weights];
        double[] o = [.. Enumerable.Range(0, 20).Select(r => Enumerable.Range(0, 5).Sum(i => before[(r * 5) + i] * h[i]))];
        double loss = layer.ForwardBackwardUpdate(h, [3, 11], new float[5]);
        Assert.Equal(o.Select((x, r) => Math.Pow(x - (r is 3 or 11 ? 1 : 0), 2)).Sum(), loss, 1e-10);
        for (int r = 0; r < 20; r++)
        {
            for (int i = 0; i < 5; i++) naive.Weights[(r * 5) + i] = before[(r * 5) + i] - (0.01 * 2 * (o[r] - (r is 3 or 11 ? 1 : 0)) * h[i]);
        }

        Assert.True(naive.Distance(layer) < 1e-12);
    }

    [Fact]
    public void The_mean_over_the_batch_is_the_sum_at_a_smaller_rate()
    {
        FactoredSphericalOutput mean = Layer(20, 5, SphericalLoss.Z(), 0.4, new() { DoublePrecision = true, Reduction = LossReduction.Mean }, out NaiveOutput naive);
        (float[] h, int[] targets) = Batch(new RandomStream(2), 4, 5, 20);
        (double loss, double[] gradient) = naive.Step(mean.Loss, h, targets, 0.1);
        float[] found = new float[h.Length];
        Assert.Equal(loss / 4, mean.ForwardBackwardUpdate(h, targets, found), 1e-12);
        Assert.True(naive.Distance(mean) < 1e-12);
        for (int i = 0; i < found.Length; i++) Assert.Equal(gradient[i] / 4, found[i], 1e-7);
    }

    [Fact]
    public void Scores_and_best_classes_are_those_of_the_matrix()
    {
        FactoredSphericalOutput layer = Layer(700, 5, SphericalLoss.Z(), 0.1, new() { DoublePrecision = true }, out NaiveOutput naive);
        var random = new RandomStream(3);
        for (int n = 0; n < 20; n++)
        {
            (float[] batch, int[] targets) = Batch(random, 3, 5, 700);
            layer.ForwardBackwardUpdate(batch, targets, new float[batch.Length]);
            naive.Step(layer.Loss, batch, targets, 0.1);
        }

        float[] h = [0.2f, -0.4f, 1f, 0.3f, -2f];
        double[] expected = [.. Enumerable.Range(0, 700).Select(r => Enumerable.Range(0, 5).Sum(i => naive.Weights[(r * 5) + i] * h[i]))];
        float[] scores = layer.Score(h);
        float[] dense = layer.Materialize().ToArray();
        for (int r = 0; r < 700; r++)
        {
            Assert.Equal(expected[r], scores[r], 1e-5);
            Assert.Equal(naive.Weights[r * 5], dense[r * 5], 1e-5);
        }

        Assert.Equal([.. Enumerable.Range(0, 700).OrderByDescending(r => scores[r]).ThenBy(r => r).Take(25)], layer.TopK(h, 25));
    }

    [Fact]
    public void A_saved_layer_goes_on_where_it_stopped()
    {
        string path = Path.Combine(Path.GetTempPath(), $"factored-{Guid.NewGuid():N}.safetensors");
        try
        {
            foreach (bool isDouble in new[] { true, false })
            {
                FactoredSphericalOptions options = new() { DoublePrecision = isDouble, StabilizePeriod = 5 };
                FactoredSphericalOutput layer = Layer(90, 7, SphericalLoss.Z(1, 2), 0.1, options, out _);
                var random = new RandomStream(4);
                for (int n = 0; n < 12; n++) Advance(layer, random);
                layer.Save(path);
                var again = FactoredSphericalOutput.Load(path, layer.Loss, 0.1, options);
                Assert.Equal(12, again.Updates);
                Assert.Equal(layer.Matrix.U, again.Matrix.U);
                Assert.Equal(layer.Materialize().ToArray(), again.Materialize().ToArray());
                ulong position = random.Position;
                for (int n = 0; n < 9; n++) Advance(layer, random);
                random.Position = position;
                for (int n = 0; n < 9; n++) Advance(again, random);
                float[] one = layer.Materialize().ToArray(), other = again.Materialize().ToArray();
                for (int i = 0; i < one.Length; i++) Assert.Equal(one[i], other[i], 1e-6f);
            }
        }
        finally
        {
            File.Delete(path);
        }

        static void Advance(FactoredSphericalOutput layer, RandomStream random)
        {
            (float[] h, int[] targets) = Batch(random, 4, 7, 90);
            layer.ForwardBackwardUpdate(h, targets, new float[h.Length]);
        }
    }

    [Fact]
    public void The_number_of_threads_does_not_change_a_bit()
    {
        int before = Workers.Count;
        try
        {
            float[][] weights = [.. new[] { 1, 2, 3 }.Select(threads =>
            {
                Workers.Configure(threads);
                FactoredSphericalOutput layer = Layer(1500, 48, SphericalLoss.Z(1, 2), 0.05, new() { StabilizePeriod = 3 }, out _);
                var random = new RandomStream(8);
                for (int n = 0; n < 10; n++)
                {
                    (float[] h, int[] targets) = Batch(random, 20, 48, 1500);
                    layer.ForwardBackwardUpdate(h, targets, new float[h.Length]);
                }

                return layer.Materialize().ToArray();
            })];
            Assert.Equal(weights[0], weights[1]);
            Assert.Equal(weights[0], weights[2]);
        }
        finally
        {
            Workers.Configure(before);
        }
    }

    [Fact]
    public void The_hidden_gradient_trains_the_layers_below()
    {
        var head = new FactoredSphericalOutput(4, 30, SphericalLoss.Z(), 0.1, new() { InitStd = 1 });
        Tensor w = head.Materialize(), x = Tensor.FromArray([1f, 2f, -1f, 0.5f, 0f, 1f], 2, 3);
        Tensor trunk = Tensor.Normal(new RandomStream(6), new Shape(4, 3)).WithGradient();
        int[] targets = [7, 21];
        float[] expected, found;
        using (var tape = new Tape())
        {
            Tensor loss = SphericalLoss.ZLoss(Fused.Linear(x, trunk).MatMul(w, transposeRight: true), Tensor.FromArray([7f, 21f], 2), reduction: LossReduction.Sum);
            expected = tape.Gradient(loss, trunk).ToArray();
        }

        using (var tape = new Tape())
        {
            Tensor h = Fused.Linear(x, trunk);
            (_, Tensor gradient) = head.ForwardBackwardUpdate(h, targets);
            found = tape.Gradient((h * gradient).Sum(), trunk).ToArray();
        }

        for (int i = 0; i < found.Length; i++) Assert.Equal(expected[i], found[i], 1e-4f);
    }

    private static SphericalLoss Loss(string name) => name switch
    {
        "z" => SphericalLoss.Z(),
        "z elsewhere" => SphericalLoss.Z(0.3, 5),
        "mse" => SphericalLoss.Mse,
        "taylor" => SphericalLoss.LogTaylorSoftmax,
        "spherical" => SphericalLoss.LogSphericalSoftmax(0.5),
        // (s - 1)^2 + q / 2 - 3 o_c, which uses every derivative.
        _ => SphericalLoss.Custom((target, q, s, _) => (((s - 1) * (s - 1)) + (q / 2) - (3 * target), -3, 0.5, 2 * (s - 1))),
    };

    private static (double Largest, double Distance) Run(int classes, int hidden, int examples, int steps, SphericalLoss loss, double rate, FactoredSphericalOptions options)
    {
        FactoredSphericalOutput layer = Layer(classes, hidden, loss, rate, options, out NaiveOutput naive);
        var random = new RandomStream(1);
        for (int n = 0; n < steps; n++)
        {
            (float[] h, int[] targets) = Batch(random, examples, hidden, classes);
            float[] found = new float[h.Length];
            (double expected, double[] gradient) = naive.Step(loss, h, targets, rate, options.WeightDecay);
            double value = layer.ForwardBackwardUpdate(h, targets, found);
            Assert.Equal(expected, value, 1e-3 * Math.Max(1, Math.Abs(expected)));
            double largest = gradient.Max(Math.Abs);
            for (int i = 0; i < found.Length; i++) Assert.Equal(gradient[i], found[i], 1e-3 * largest);
        }

        return (naive.Weights.Max(Math.Abs), naive.Distance(layer));
    }

    private static FactoredSphericalOutput Layer(int classes, int hidden, SphericalLoss loss, double rate, FactoredSphericalOptions options, out NaiveOutput naive)
    {
        Tensor start = Tensor.Normal(new RandomStream(17), new Shape(classes, hidden)).Keep();
        naive = new NaiveOutput([.. start.ToArray().Select(x => (double)x)], classes, hidden);
        return FactoredSphericalOutput.FromWeights(start, loss, rate, options);
    }

    private static (float[] H, int[] Targets) Batch(RandomStream random, int examples, int hidden, int classes)
    {
        float[] h = new float[examples * hidden];
        random.FillNormal(h);
        return (h, [.. Enumerable.Range(0, examples).Select(_ => random.NextInt32(classes))]);
    }

    private static double LeastSingular(FactoredSphericalOutput layer)
    {
        int d = layer.Hidden;
        double[] gram = new double[d * d], values = new double[d];
        Polymath.Tensors.LinearAlgebra.MatrixProduct.Multiply(layer.Matrix.U, layer.Matrix.U, gram, d, d, d, transposeRight: true);
        Polymath.Tensors.LinearAlgebra.SymmetricEigen.Decompose(gram, values, new double[d * d]);
        return Math.Sqrt(values[0]);
    }
}
