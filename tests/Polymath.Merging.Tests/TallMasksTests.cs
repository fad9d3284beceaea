using Polymath.Merging.Masks;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Merging.Tests;

public sealed class TallMasksTests
{
    [Fact]
    public void Tasks_that_changed_different_weights_are_reconstructed_exactly()
    {
        ModelState theta0 = State([1f, 2f, 3f, 4f]), first = State([2f, 2f, 3f, 5f]), second = State([1f, 7f, 1f, 4f]);
        foreach (float lambda in (float[])[0.01f, 0.4f, 1f])
        {
            TaskMaskSet set = TallMasks.Build(theta0, [first, second], new TallMaskOptions { Lambda = lambda });
            Assert.Equal(first[0].ToArray(), set.Reconstruct(0)[0].ToArray());
            Assert.Equal(second[0].ToArray(), set.Reconstruct(1)[0].ToArray());
        }
    }

    [Fact]
    public void Masks_thin_out_as_lambda_grows_and_the_consensus_as_k_grows()
    {
        (ModelState theta0, ModelState[] tuned) = Random(tasks: 5, elements: 500);
        double last = 1;
        foreach (float lambda in (float[])[0f, 0.1f, 0.3f, 0.6f, 1f, 3f])
        {
            double density = TallMasks.Build(theta0, tuned, new TallMaskOptions { Lambda = lambda }).Density(2);
            Assert.True(density <= last);
            last = density;
        }

        TaskMaskSet set = TallMasks.Build(theta0, tuned);
        Assert.All(set.Lambdas, lambda => Assert.Equal(0.4f, lambda));
        for (int k = 1; k <= 6; k++)
        {
            BitMask more = ConsensusMerging.Mask(set, k - 1), fewer = ConsensusMerging.Mask(set, k);
            for (int i = 0; i < 500; i++) Assert.True(more[i] || !fewer[i]);
        }

        Assert.Equal(1, set.UsageShares().Sum(), 12);
    }

    [Fact]
    public void Consensus_of_none_is_task_arithmetic_and_of_more_than_all_is_the_base()
    {
        (ModelState theta0, ModelState[] tuned) = Random(tasks: 3, elements: 100);
        TaskMaskSet set = TallMasks.Build(theta0, tuned);
        ModelState arithmetic = TaskVector.Sum([.. tuned.Select(model => TaskVector.From(theta0, model))]).ApplyTo(theta0, 0.5f);
        Assert.Equal(arithmetic[0].ToArray(), ConsensusMerging.Merge(set, new ConsensusOptions { Agreement = 0, Scale = 0.5f }).Model[0].ToArray());
        Assert.Equal(theta0[0].ToArray(), ConsensusMerging.Merge(set, new ConsensusOptions { Agreement = 4, Scale = 0.5f }).Model[0].ToArray());
        Assert.Contains("expected 0 (keep all) to 4 (keep none)", Assert.Throws<MergeException>(() => ConsensusMerging.Merge(set, new ConsensusOptions { Agreement = 5 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_smallest_of_the_best_lambdas_and_scales_is_chosen()
    {
        (ModelState theta0, ModelState[] tuned) = Random(tasks: 2, elements: 50);
        TaskMaskSet set = TallMasks.Build(theta0, tuned, evaluator: (_, task) => task + 1);
        Assert.All(set.Lambdas, lambda => Assert.Equal(0.2f, lambda));
        Assert.Equal(0.1f, ConsensusMerging.Merge(set, score: _ => 1).Scale);
        Assert.Equal(0.6f, ConsensusMerging.Merge(set, score: model => 1 - Math.Abs(Distance(model, theta0) - (0.6 * Distance(ConsensusMerging.Vector(set, 2).ApplyTo(theta0), theta0)))).Scale);
        Assert.Contains("none can be chosen", Assert.Throws<MergeException>(() => TallMasks.Build(theta0, tuned, evaluator: (_, _) => double.NaN)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_saved_set_reconstructs_the_same_bits_and_belongs_to_its_base()
    {
        (ModelState theta0, ModelState[] tuned) = Random(tasks: 3, elements: 77);
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");
        try
        {
            foreach (TaskMaskSet set in (TaskMaskSet[])[TallMasks.Build(theta0, tuned, new TallMaskOptions { TaskNames = ["a", "b", "c"] }), EmrMerging.Build(theta0, tuned, ["a", "b", "c"]), MagnitudeMasks.Build(theta0, tuned, taskNames: ["a", "b", "c"])])
            {
                set.Save(path);
                TaskMaskSet read = TaskMaskSet.Load(path, theta0);
                Assert.Equal(set.Method, read.Method);
                Assert.Equal(set.Tasks, read.Tasks);
                Assert.Equal(set.Lambdas, read.Lambdas);
                Assert.Equal(set.Scales, read.Scales);
                for (int task = 0; task < 3; task++) Assert.Equal(set.Reconstruct(task)[0].ToArray(), read.Reconstruct(set.Tasks[task])[0].ToArray());
            }

            ModelState other = theta0.Clone();
            other[0][5] += 1f;
            Assert.Contains("another base of the same size", Assert.Throws<MergeException>(() => TaskMaskSet.Load(path, other)).Message, StringComparison.Ordinal);
            Assert.Contains("77 weights, but the base has 4", Assert.Throws<MergeException>(() => TaskMaskSet.Load(path, State([1f, 2f, 3f, 4f]))).Message, StringComparison.Ordinal);
            theta0.Save(path);
            Assert.Contains("expected a file of task masks", Assert.Throws<MergeException>(() => TaskMaskSet.Load(path, theta0)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Eight_models_need_the_room_of_two_and_a_quarter()
    {
        (ModelState theta0, ModelState[] tuned) = Random(tasks: 8, elements: 800);
        MaskCompressionReport report = TallMasks.Build(theta0, tuned).CompressionReport();
        Assert.Equal((8 * 3200L, (2 * 3200L) + 800L), (report.SeparateBytes, report.MaskedBytes));
        Assert.Equal(8 / 2.25, report.Ratio, 12);
        Assert.True(report.EntropyBytes <= report.MaskedBytes);
    }

    [Fact]
    public void Magnitude_masks_keep_the_largest_changes_of_each_task_and_the_one_at_the_threshold()
    {
        TaskMaskSet set = MagnitudeMasks.Build(State([0f, 0f, 0f, 0f]), [State([1f, -4f, 3f, 2f]), State([5f, 0f, 1f, -1f])], keep: 50);
        Assert.Equal([0f, -4f, 4f, 1f], set.Reconstruct(0)[0].ToArray());
        Assert.Equal([6f, 0f, 4f, 1f], set.Reconstruct(1)[0].ToArray());
    }

    [Fact]
    public void Mistakes_are_named()
    {
        ModelState theta0 = State([1f, 2f]), tuned = State([1f, 3f]);
        Assert.Contains("no tuned models", Assert.Throws<MergeException>(() => TallMasks.Build(theta0, [])).Message, StringComparison.Ordinal);
        Assert.Contains("found lambda -1", Assert.Throws<MergeException>(() => TallMasks.Build(theta0, [tuned], new TallMaskOptions { Lambda = -1f })).Message, StringComparison.Ordinal);
        Assert.Contains("'0' has other tensors", Assert.Throws<MergeException>(() => TallMasks.Build(theta0, [new ModelState([("other", new Shape(2), [1f, 2f])])])).Message, StringComparison.Ordinal);
        Assert.Contains("'0' or the base has NaN", Assert.Throws<MergeException>(() => TallMasks.Build(theta0, [State([1f, float.NaN])])).Message, StringComparison.Ordinal);
        Assert.Contains("one model only", Assert.Single(TallMasks.Build(theta0, [tuned]).Warnings), StringComparison.Ordinal);
        Assert.Contains("found 2 task names for 1", Assert.Throws<MergeException>(() => TallMasks.Build(theta0, [tuned], new TallMaskOptions { TaskNames = ["a", "b"] })).Message, StringComparison.Ordinal);
    }

    private static double Distance(ModelState left, ModelState right)
    {
        double sum = 0;
        for (int i = 0; i < left[0].Length; i++) sum += Math.Abs(left[0][i] - right[0][i]);
        return sum;
    }

    private static ModelState State(float[] values) => new([("w", new Shape(values.Length), values)]);

    private static (ModelState Theta0, ModelState[] Tuned) Random(int tasks, int elements)
    {
        var random = new RandomStream(5);
        return (Draw(), [.. Enumerable.Range(0, tasks).Select(_ => Draw())]);

        ModelState Draw()
        {
            float[] values = new float[elements];
            random.FillNormal(values);
            return State(values);
        }
    }
}
