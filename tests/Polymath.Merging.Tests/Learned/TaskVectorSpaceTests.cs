using Polymath.Merging.TaskVectors;
using Polymath.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Merging.Tests;

public sealed class TaskVectorSpaceTests
{
    public static TheoryData<string> Granularities => ["isotropic", "per_tensor", "custom", "partition:parts=3,only_matrices=true,key=shape,seed=1", "partition:parts=2,only_matrices=false,key=name,seed=2"];

    [Theory]
    [MemberData(nameof(Granularities))]
    public void The_gradient_is_that_of_finite_differences_in_every_granularity(string granularity)
    {
        var bench = new TinyBench(3);
        using var space = new TaskVectorSpace(bench.Network, bench.Pool, Of(granularity));
        float[] c = new float[space.Count], gradient = new float[space.Count];
        new RandomStream(3).FillNormal(c, 0f, 0.3f);
        space.Compose(c);
        using (var tape = new Tape()) space.Gradient(tape, [Loss(bench, 0), Loss(bench, 1)], [1, -0.5], gradient);
        const float Step = 4e-3f;
        for (int i = 0; i < c.Length; i++)
        {
            float centre = c[i];
            c[i] = centre + Step;
            double above = Value(space, bench, c);
            c[i] = centre - Step;
            double below = Value(space, bench, c);
            c[i] = centre;
            Assert.Equal((above - below) / (2 * Step), gradient[i], 3e-3);
        }
    }

    [Fact]
    public void Zero_is_the_base_one_is_an_expert_and_equal_blocks_are_one_scale()
    {
        var bench = new TinyBench(2);
        using var tensors = new TaskVectorSpace(bench.Network, bench.Pool, CoefficientGranularity.PerTensor);
        using var whole = new TaskVectorSpace(bench.Network, bench.Pool, CoefficientGranularity.Isotropic);
        int blocks = tensors.BlockNames.Count;
        Same(bench.Theta0, tensors.Merge(new float[tensors.Count]));
        Same(bench.Pool.Vectors[1].Vector.ApplyTo(bench.Theta0), tensors.Merge([.. Enumerable.Repeat(0f, blocks), .. Enumerable.Repeat(1f, blocks)]));
        Same(whole.Merge([0.25f, -2f]), tensors.Merge([.. Enumerable.Repeat(0.25f, blocks), .. Enumerable.Repeat(-2f, blocks)]));
        using var parts = new TaskVectorSpace(bench.Network, bench.Pool, CoefficientGranularity.Partition(1, onlyMatrices: false));
        float[] c = new float[tensors.Count];
        new RandomStream(1).FillNormal(c);
        Same(tensors.Merge(c), parts.Merge(c));
    }

    [Fact]
    public void Closing_puts_weights_and_mode_back_and_the_mode_inside_is_evaluation()
    {
        var bench = new TinyBench(2);
        using (var space = new TaskVectorSpace(bench.Network, bench.Pool, CoefficientGranularity.Isotropic))
        {
            Assert.False(bench.Network.Training);
            space.Compose([1f, 1f]);
            Assert.NotEqual(bench.Theta0[0].ToArray(), ModelState.From(bench.Network)[0].ToArray());
        }

        Assert.True(bench.Network.Training);
        Same(bench.Theta0, ModelState.From(bench.Network));
    }

    [Fact]
    public void Results_have_the_same_bits_at_any_number_of_threads()
    {
        var bench = new TinyBench(3, hidden: 9000);
        int threads = Workers.Count;
        var results = new List<(float[] Gradient, ModelState Merged)>();
        foreach (int count in (int[])[1, 2, 3])
        {
            Workers.Configure(count);
            using var space = new TaskVectorSpace(bench.Network, bench.Pool, CoefficientGranularity.PerTensor);
            float[] c = new float[space.Count], gradient = new float[space.Count];
            new RandomStream(3).FillNormal(c, 0f, 0.3f);
            space.Compose(c);
            using var tape = new Tape();
            space.Gradient(tape, [Loss(bench, 0)], [1], gradient);
            results.Add((gradient, space.Merge(c)));
        }

        Workers.Configure(threads);
        foreach ((float[] gradient, ModelState merged) in results)
        {
            Assert.Equal(results[0].Gradient, gradient);
            Same(results[0].Merged, merged);
        }
    }

    [Theory]
    [MemberData(nameof(Granularities))]
    public void Coefficients_come_back_from_a_file_and_merge_to_the_same_model(string granularity)
    {
        var bench = new TinyBench(2);
        using var space = new TaskVectorSpace(bench.Network, bench.Pool, Of(granularity));
        float[] c = new float[space.Count];
        new RandomStream(7).FillNormal(c);
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            space.Table(c).Save(path);
            CoefficientTable table = CoefficientTable.Load(path);
            Assert.Equal(c, table.Values.ToArray());
            var turned = new TaskVectorPool(bench.Theta0, [bench.Pool.Vectors[1], bench.Pool.Vectors[0]]);
            Same(space.Merge(c), table.Merge(bench.Pool));
            ModelState expected = space.Merge(c), found = table.Merge(turned);
            for (int tensor = 0; tensor < found.Count; tensor++)
            {
                for (int i = 0; i < found[tensor].Length; i++) Assert.Equal(expected[tensor][i], found[tensor][i], 1e-5f);
            }

            Assert.Equal(space.BlockNames.Count + 1, table.ToCsv().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            File.WriteAllText(path, "{\"format\":\"other\"}");
            Assert.Contains("expected 'polymath.coefficients/1'", Assert.Throws<MergeException>(() => CoefficientTable.Load(path)).Message, StringComparison.Ordinal);
            File.WriteAllText(path, "not json");
            Assert.Contains("not a file of coefficients", Assert.Throws<MergeException>(() => CoefficientTable.Load(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        var bench = new TinyBench(2);
        ModelState theta0 = new([("w", new Shape(2), [1f, 2f])]), nan = new([("w", new Shape(2), [1f, float.NaN])]);
        TaskVector tau = new(theta0.Clone());
        TaskVectorPool Pool(params NamedTaskVector[] vectors) => new(theta0, vectors);
        Fails("no task vector", () => Pool());
        Fails("two task vectors are called 'a'", () => Pool(new NamedTaskVector("a", tau), new NamedTaskVector("a", tau)));
        Fails("task vector 'a' has other tensors", () => Pool(new NamedTaskVector("a", bench.Pool.Vectors[0].Vector)));
        Fails("task vector 'a': tensor 'w' holds NaN", () => Pool(new NamedTaskVector("a", new TaskVector(nan))));
        Fails("no task vector 'b'", () => Pool(new NamedTaskVector("a", tau)).Without("b"));
        Fails("into 0 parts", () => CoefficientGranularity.Partition(0));
        Fails("found the granularity 'rows'", () => CoefficientGranularity.Parse("rows"));
        Fails("is not in the model", () => new TaskVectorSpace(bench.Network, Pool(new NamedTaskVector("a", tau)), CoefficientGranularity.Isotropic).Dispose());
        Fails("has 0 elements, expected", () => new TaskVectorSpace(bench.Network, bench.Pool, CoefficientGranularity.Partition(2, (_, shape) => shape.Rank == 2 ? [] : null)).Dispose());
    }

    private static CoefficientGranularity Of(string description) => description == "custom" ? CoefficientGranularity.Custom(name => name.Split('.')[0]) : CoefficientGranularity.Parse(description);

    private static Tensor Loss(TinyBench bench, int task)
    {
        int[] rows = [.. Enumerable.Range(0, 12)];
        return Fused.SoftmaxCrossEntropy(bench.Logits(task, rows), Tensor.FromArray([.. rows.Select(row => (float)bench.Labels[row])])).Mean();
    }

    private static double Value(TaskVectorSpace space, TinyBench bench, float[] c)
    {
        space.Compose(c);
        return Loss(bench, 0).Item() - (0.5 * Loss(bench, 1).Item());
    }

    private static void Same(ModelState expected, ModelState found)
    {
        for (int tensor = 0; tensor < expected.Count; tensor++) Assert.Equal(expected[tensor].ToArray(), found[expected.Names[tensor]].ToArray());
    }

    private static void Fails(string message, Action action)
        => Assert.Contains(message, Assert.Throws<MergeException>(action).Message, StringComparison.Ordinal);
}
