using Polymath.Merging.Fusion;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Merging.Tests;

public sealed class CheckpointFusionTests
{
    public static TheoryData<FusionLevel, FusionWeighting, bool> Kinds { get; } = new()
    {
        { FusionLevel.Tensor, FusionWeighting.Proportional, false },
        { FusionLevel.Tensor, FusionWeighting.Proportional, true },
        { FusionLevel.Tensor, FusionWeighting.Softmax, false },
        { FusionLevel.Element, FusionWeighting.Proportional, false },
        { FusionLevel.Element, FusionWeighting.Softmax, false },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Equal_checkpoints_and_a_single_one_come_back_to_the_last_bit(FusionLevel level, FusionWeighting weighting, bool meanMagnitude)
    {
        FusionOptions options = new() { Level = level, Weighting = weighting, MeanMagnitude = meanMagnitude };
        ModelState theta0 = Draw(1), run = Draw(2);
        foreach (ModelState[] runs in (ModelState[][])[[run], [run, run.Clone(), run.Clone()]])
        {
            ModelState fused = CheckpointFusion.DeltaGuided(theta0, runs, options), soup = CheckpointFusion.UniformSoup(runs);
            foreach (string name in theta0.Names)
            {
                Assert.Equal(run[name].ToArray(), fused[name].ToArray());
                Assert.Equal(run[name].ToArray(), soup[name].ToArray());
            }
        }
    }

    [Theory]
    [InlineData(FusionLevel.Tensor)]
    [InlineData(FusionLevel.Element)]
    public void A_checkpoint_that_did_not_move_has_no_weight(FusionLevel level)
    {
        ModelState theta0 = Draw(1), run = Draw(2);
        ModelState fused = CheckpointFusion.DeltaGuided(theta0, [run, theta0.Clone()], new FusionOptions { Level = level });
        foreach (string name in theta0.Names) Assert.Equal(run[name].ToArray(), fused[name].ToArray());
        ModelState still = CheckpointFusion.DeltaGuided(theta0, [theta0, theta0.Clone()], new FusionOptions { Level = level });
        foreach (string name in theta0.Names) Assert.Equal(theta0[name].ToArray(), still[name].ToArray());
    }

    [Fact]
    public void Weights_sum_to_one_and_are_the_share_of_the_change()
    {
        ModelState theta0 = State([0f, 0f]), near = State([3f, 4f]), far = State([0f, 15f]);
        Assert.Equal([0.25, 0.75], CheckpointFusion.Weights(theta0, [near, far])[0]);
        Assert.Equal([0.75f, 12.25f], CheckpointFusion.DeltaGuided(theta0, [near, far])[0].ToArray());
        Assert.Equal([7.0 / 22, 15.0 / 22], CheckpointFusion.Weights(theta0, [near, far], new FusionOptions { MeanMagnitude = true })[0]);
        double[] soft = CheckpointFusion.Weights(theta0, [near, far], new FusionOptions { Weighting = FusionWeighting.Softmax, Temperature = 10 })[0];
        Assert.Equal(1 / (1 + Math.E), soft[0], 12);
        Assert.Equal(1, soft.Sum(), 12);

        // By elements: 3 against 0, and 4 against 15: (4 x 4 + 15 x 15) / 19.
        float[] elements = CheckpointFusion.DeltaGuided(theta0, [near, far], new FusionOptions { Level = FusionLevel.Element })[0].ToArray();
        Assert.Equal(3f, elements[0]);
        Assert.Equal(241f / 19, elements[1], 1e-5f);
        Assert.Equal([1.5f, 9.5f], CheckpointFusion.UniformSoup([near, far])[0].ToArray());
        ModelState[] runs = [Draw(3), Draw(4), Draw(5)];
        Assert.All(CheckpointFusion.Weights(Draw(1), runs), row => Assert.Equal(1, row.Sum(), 12));
    }

    [Fact]
    public void Mistakes_are_named()
    {
        ModelState theta0 = State([1f, 2f]), other = new([("v", new Shape(2), [1f, 2f])]);
        Assert.Contains("expected one or more", Assert.Throws<MergeException>(() => CheckpointFusion.DeltaGuided(theta0, [])).Message, StringComparison.Ordinal);
        Assert.Contains("no checkpoints", Assert.Throws<MergeException>(() => CheckpointFusion.UniformSoup([])).Message, StringComparison.Ordinal);
        Assert.Contains("'0' has other tensors", Assert.Throws<MergeException>(() => CheckpointFusion.DeltaGuided(theta0, [other])).Message, StringComparison.Ordinal);
        Assert.Contains("checkpoint 1 has other tensors", Assert.Throws<MergeException>(() => CheckpointFusion.UniformSoup([theta0, other])).Message, StringComparison.Ordinal);
        Assert.Contains("found temperature 0", Assert.Throws<MergeException>(() => CheckpointFusion.DeltaGuided(theta0, [theta0], new FusionOptions { Temperature = 0 })).Message, StringComparison.Ordinal);
    }

    private static ModelState State(float[] values) => new([("w", new Shape(values.Length), values)]);

    private static ModelState Draw(ulong seed)
    {
        var random = new RandomStream(seed);
        float[] first = new float[30], second = new float[7];
        random.FillNormal(first);
        random.FillNormal(second);
        return new([("w", new Shape(5, 6), first), ("b", new Shape(7), second)]);
    }
}
