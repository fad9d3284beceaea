using Polymath.Learning;
using Polymath.Merging.TaskVectors;
using Polymath.Merging.Twin;
using Polymath.Tensors;

namespace Polymath.Merging.Tests;

public sealed class TwinMergingTests
{
    private const int Tasks = 3, Inputs = 12, Rows = 7;
    private static readonly string[] s_names = ["fr", "de", "es"];

    [Theory]
    [InlineData(CompressionKind.LowRank)]
    [InlineData(CompressionKind.Magnitude)]
    public void A_full_density_and_one_task_give_the_tuned_model_and_equal_weights_the_mean(CompressionKind kind)
    {
        (ModelState theta0, ModelState[] tuned) = Models();
        TwinModel twin = TwinMerging.Build(theta0, tuned, new TwinOptions { Compression = TwinCompression.FromMaskRate(kind, 0) });
        ModelState one = twin.MaterialiseFor(1), mean = twin.Materialise([1f / 3, 1f / 3, 1f / 3]);
        foreach (string name in theta0.Names)
        {
            for (int i = 0; i < theta0[name].Length; i++)
            {
                Assert.Equal(tuned[1][name][i], one[name][i], 1e-5f);
                Assert.Equal((tuned[0][name][i] + tuned[1][name][i] + tuned[2][name][i]) / 3, mean[name][i], 1e-5f);
            }
        }
    }

    [Theory]
    [InlineData("low rank", "")]
    [InlineData("low rank", "bias")]
    [InlineData("low rank", "layers.1")]
    [InlineData("magnitude", "")]
    [InlineData("magnitude", "output.weight")]
    [InlineData("whole", "")]
    public void Mixing_in_low_rank_form_is_the_network_with_the_mixed_weights(string compression, string exclude)
    {
        (ModelState theta0, ModelState[] tuned) = Models();
        Mlp network = Network(0);
        TwinModel twin = TwinMerging.Build(theta0, tuned, new TwinOptions
        {
            Compression = compression switch { "low rank" => TwinCompression.OfRank(2), "magnitude" => TwinCompression.Magnitude(0.2), _ => TwinCompression.LowRank(1) },
            Exclude = exclude.Length == 0 ? [] : [exclude],
        });
        var random = new RandomStream(9);
        Tensor input = Tensor.Normal(random, new Shape(Rows, Inputs)), mixture = Tensor.Normal(random, new Shape(Rows, Tasks)).Softmax(1), ownership = Tensor.Zeros(Rows, Tasks);
        int[] owners = [.. Enumerable.Range(0, Rows).Select(row => row % Tasks)];
        for (int row = 0; row < Rows; row++) ownership.Span[(row * Tasks) + owners[row]] = 1f;
        var mixed = new TwinMlp(twin, network);
        float[] owned = mixed.Forward(input, mixture, ownership).ToArray(), based = mixed.Forward(input, mixture).ToArray();
        float[] expectedOwned = MaterialisedPrediction.Run(twin, network, network.Forward, input, mixture.Span, owners), expectedBased = MaterialisedPrediction.Run(twin, network, network.Forward, input, mixture.Span);
        for (int i = 0; i < owned.Length; i++)
        {
            Assert.Equal(expectedOwned[i], owned[i], 1e-5f);
            Assert.Equal(expectedBased[i], based[i], 1e-5f);
        }
    }

    [Fact]
    public void More_rank_comes_nearer_to_the_tuned_model_and_costs_more()
    {
        (ModelState theta0, ModelState[] tuned) = Models();
        (double last, long room) = (double.PositiveInfinity, 0);
        foreach (int rank in (int[])[1, 2, 4])
        {
            TwinModel twin = TwinMerging.Build(theta0, tuned, new TwinOptions { Compression = TwinCompression.OfRank(rank) });
            double distance = TaskVector.From(twin.MaterialiseFor(0), tuned[0]).Norm;
            Assert.True(distance < last && twin.Report().TotalBytes > room);
            (last, room) = (distance, twin.Report().TotalBytes);
        }
    }

    [Fact]
    public void Factors_are_counted_by_both_sides()
    {
        (ModelState theta0, ModelState[] tuned) = Models();
        TwinReport report = TwinMerging.Build(theta0, tuned, new TwinOptions { Compression = TwinCompression.OfRank(2) }).Report();
        Assert.Equal(4 * theta0.Elements, report.BaseBytes);
        Assert.All(report.TaskBytes, bytes => Assert.Equal(4 * ((2 * (Inputs + 10)) + 10 + (2 * (10 + 8)) + 8 + (2 * (8 + 5)) + 5), bytes));
        Assert.Equal(3.0 * report.BaseBytes / (report.BaseBytes + report.TaskBytes.Sum()), report.Ratio, 12);
    }

    [Fact]
    public void A_density_is_not_rounded_down_by_a_hair_but_the_official_rate_is()
    {
        ModelState theta0 = new([("w", new Shape(10, 10), new float[100])]), tuned = theta0.Map((_, values) => Random(values.Length, 4));
        Assert.Equal(1, TwinMerging.Build(theta0, [tuned], new TwinOptions { Compression = TwinCompression.LowRank(1 - 0.9) }).Parts[0].Exclusive["w"].Rank);
        TwinModel official = TwinMerging.Build(theta0, [tuned], new TwinOptions { Compression = TwinCompression.FromMaskRate(CompressionKind.LowRank, 0.9) });
        Assert.Equal(0, official.Parts[0].Exclusive["w"].Rank);
        Assert.Contains("'w' is too small", Assert.Single(official.Warnings), StringComparison.Ordinal);
        Assert.Contains("no element of tensor 'w'", Assert.Throws<MergeException>(() => TwinMerging.Build(theta0, [tuned], new TwinOptions { Compression = TwinCompression.FromMaskRate(CompressionKind.Magnitude, 0.999) })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chance_keeps_the_expected_vector()
    {
        ModelState theta0 = new([("w", new Shape(200, 200), new float[40000])]), tuned = theta0.Map((_, values) => [.. values.Select(_ => 1f)]);
        float[] kept = new float[40000];
        TwinMerging.Build(theta0, [tuned], new TwinOptions { Scaling = 0f, Compression = TwinCompression.Bernoulli(0.25, seed: 3) }).Parts[0].Exclusive["w"].AddTo(kept, 1f);
        Assert.All(kept, value => Assert.True(value is 0f or 4f));
        Assert.Equal(1, kept.Average(), 0.05);
    }

    [Fact]
    public void A_router_learns_tasks_that_can_be_told_apart_and_comes_back_from_its_file()
    {
        (float[] features, int[] taskOfRow) = Features(rows: 120);
        (ModelState theta0, ModelState[] tuned) = Models();
        TwinModel twin = TwinMerging.Build(theta0, tuned, new TwinOptions { TaskNames = s_names });
        TwinRouter router = TwinRouter.Fit(features, taskOfRow, twin.Tasks, new RouterOptions { LearningRate = 1e-2, BatchSize = 32, Epochs = 40 }, twin.Shared, TestContext.Current.CancellationToken);
        int[][] confusion = router.Confusion(features, taskOfRow);
        Assert.True(Enumerable.Range(0, Tasks).Sum(task => confusion[task][task]) > 110);
        float[] all = router.Mixture(features), two = router.Mixture(features, topK: 2), hard = router.Mixture(features, topK: 1);
        for (int row = 0; row < taskOfRow.Length; row++)
        {
            Assert.Equal(1f, all.AsSpan(row * Tasks, Tasks).ToArray().Sum(), 1e-6f);
            Assert.Equal(1f, two.AsSpan(row * Tasks, Tasks).ToArray().Sum(), 1e-6f);
            Assert.Equal(1f, hard[(row * Tasks) + router.Route(features)[row]]);
            Assert.Contains(0f, two.AsSpan(row * Tasks, Tasks).ToArray());
        }

        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");
        try
        {
            router.Save(path);
            TwinRouter read = TwinRouter.Load(path);
            Assert.Equal(router.Logits(features), read.Logits(features));
            read.RequireFits(twin);
            Assert.Contains("another shared expert", Assert.Throws<MergeException>(() => read.RequireFits(TwinMerging.Build(theta0, tuned, new TwinOptions { Scaling = 0.2f, TaskNames = s_names }))).Message, StringComparison.Ordinal);
            Assert.Contains("expected 0, 1, 2 in this order", Assert.Throws<MergeException>(() => read.RequireFits(TwinMerging.Build(theta0, tuned))).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_saved_model_predicts_the_same_bits()
    {
        (ModelState theta0, ModelState[] tuned) = Models();
        (float[] features, int[] taskOfRow) = Features(rows: 60, width: 5);
        Mlp network = Network(0);
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");
        try
        {
            foreach (TwinOptions options in (TwinOptions[])[new() { Compression = TwinCompression.OfRank(2), TaskNames = s_names }, new() { Compression = TwinCompression.Magnitude(0.1), Exclude = ["bias$"], TaskNames = s_names }])
            {
                TwinModel twin = TwinMerging.Build(theta0, tuned, options);
                TwinRouter router = TwinRouter.Fit(features, taskOfRow, twin.Tasks, new RouterOptions { Epochs = 2 }, twin.Shared, TestContext.Current.CancellationToken);
                twin.Save(path);
                TwinModel read = TwinModel.Load(path);
                Tensor input = Tensor.Normal(new RandomStream(2), new Shape(Rows, Inputs));
                TwinPrediction expected = new TwinPredictor(twin, router, network) { TopK = 2 }.Predict(input), found = new TwinPredictor(read, router, network) { TopK = 2 }.Predict(input);
                Assert.Equal(expected.Output, found.Output);
                Assert.Equal(expected.HeadTasks, found.HeadTasks);
                int[] truth = [.. Enumerable.Range(0, Rows).Select(row => row % Tasks)];
                Assert.Equal(truth, new TwinPredictor(read, router, network) { Heads = HeadSelection.TrueTask }.Predict(input, truth).HeadTasks);
                Assert.Contains("0 tasks were given for 7", Assert.Throws<MergeException>(() => new TwinPredictor(read, router, network) { Heads = HeadSelection.TrueTask }.Predict(input)).Message, StringComparison.Ordinal);
                twin.Shared.CopyTo(network);
                float[] shared = network.Forward(input).ToArray();
                Assert.All(new TwinPredictor(read, router, network).Features(input).Zip(shared), pair => Assert.Equal(pair.Second, pair.First, 1e-6f));
            }

            theta0.Save(path);
            Assert.Contains("no metadata 'twin'", Assert.Throws<MergeException>(() => TwinModel.Load(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Mistakes_are_named()
    {
        (ModelState theta0, ModelState[] tuned) = Models();
        Assert.Contains("every tensor matches .*", Assert.Throws<MergeException>(() => TwinMerging.Build(theta0, tuned, new TwinOptions { Exclude = [".*"] })).Message, StringComparison.Ordinal);
        Assert.Contains("no regular expression", Assert.Throws<MergeException>(() => TwinMerging.Build(theta0, tuned, new TwinOptions { Exclude = ["("] })).Message, StringComparison.Ordinal);
        Assert.Contains("found density 0", Assert.Throws<MergeException>(() => TwinCompression.LowRank(0)).Message, StringComparison.Ordinal);
        Assert.Contains("one task needs no router", Assert.Throws<MergeException>(() => TwinRouter.Fit([1f, 2f], [0, 0], ["a"], cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.Contains("task 'b' has no rows", Assert.Throws<MergeException>(() => TwinRouter.Fit([1f, 2f], [0, 0], ["a", "b"], cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.Contains("NaN or infinite features", Assert.Throws<MergeException>(() => TwinRouter.Fit([1f, float.NaN], [0, 1], ["a", "b"], cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.Contains("found 0 features for 0 rows", Assert.Throws<MergeException>(() => TwinRouter.Fit([], [], ["a", "b"], cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.Contains("no router for 3 tasks", Assert.Throws<MergeException>(() => new TwinPredictor(TwinMerging.Build(theta0, tuned), null, Network(0))).Message, StringComparison.Ordinal);
        Assert.Contains("batch normalisation", Assert.Throws<MergeException>(() => new TwinMlp(TwinMerging.Build(theta0, tuned), new Mlp(4, new MlpOptions { Hidden = [3], BatchNorm = true }, new RandomStream(1)))).Message, StringComparison.Ordinal);
    }

    private static Mlp Network(ulong seed) => new(Inputs, new MlpOptions { Hidden = [10, 8], OutputSize = 5 }, new RandomStream(seed));

    private static (ModelState Theta0, ModelState[] Tuned) Models() => (ModelState.From(Network(1)), [.. Enumerable.Range(0, Tasks).Select(task => ModelState.From(Network((ulong)task + 2)))]);

    private static float[] Random(int length, ulong seed)
    {
        float[] values = new float[length];
        new RandomStream(seed).FillNormal(values);
        return values;
    }

    private static (float[] Features, int[] TaskOfRow) Features(int rows, int width = 4)
    {
        float[] features = Random(rows * width, 6);
        int[] taskOfRow = [.. Enumerable.Range(0, rows).Select(row => row % Tasks)];
        for (int row = 0; row < rows; row++) features[(row * width) + taskOfRow[row]] += 6f;
        return (features, taskOfRow);
    }
}
