using Polymath.Reproductions.Home;
using Polymath.Tensors;

namespace Polymath.Tests.Home;

public sealed class BehaviourSetTests
{
    [Fact]
    public void Rates_of_positives_follow_the_densities()
    {
        // The quantile leaves the density above it; noise of the labels adds to sparse tasks and takes nothing from an even one.
        double[] densities = [0.10, 0.02, 0.01, 0.50, 0.35, 0.25];
        var set = BehaviourSet.Draw(10_000, 2_000, new RandomStream(1));
        Assert.Equal((10_000, 2_000), (set.Train.Rows, set.Test.Rows));
        for (int task = 0; task < densities.Length; task++) Assert.InRange(Enumerable.Range(0, set.Train.Rows).Average(row => set.Train.Label(row, task)), densities[task] - 0.02, densities[task] + 0.03);
    }

    [Fact]
    public void The_same_stream_draws_the_same_rows()
        => Assert.Equal(BehaviourSet.Draw(50, 10, new RandomStream(7)).Train.Fingerprint(), BehaviourSet.Draw(50, 10, new RandomStream(7)).Train.Fingerprint());

    [Theory]
    [InlineData("shared bottom", 12_102)]
    [InlineData("MMoE", 8_334)]
    [InlineData("HoME", 13_478)]
    public void Networks_have_the_sizes_of_the_description(string name, long parameters)
        => Assert.Equal(parameters, Contestant.All.Single(one => one.Name == name).Create(0).ParameterCount);

    [Fact]
    public void A_small_study_has_all_its_tables()
    {
        var study = new HomeStudy(seeds: 1, train: 600, test: 300, epochs: 1, [.. Contestant.All.Where(one => one.Without is null)]);
        study.Run((_, _) => { }, TestContext.Current.CancellationToken);
        Assert.Equal(7, new HomeTables(study, "small").All().Count);
        Assert.All(study.Auc(Contestant.HoME), auc => Assert.InRange(auc, 0.0, 1.0));
        Assert.Single(study.Experts(Contestant.HoME));
    }
}
