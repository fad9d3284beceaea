using Polymath.Data.Generators;
using Polymath.Reproductions;
using Polymath.Reproductions.Rmtgb;

namespace Polymath.Tests;

/// <summary>The study of generated tasks: who is scored, and the order that the scenario forces.</summary>
public sealed class SyntheticStudyTests
{
    [Fact]
    public void Tasks_that_do_not_belong_are_scored_apart()
    {
        var study = new SyntheticStudy(SyntheticScenario.Outliers, classification: false, seeds: 1);
        int told = 0;
        study.Run(new ReproductionContext(), (_, _) => told++);
        Assert.Equal((study.Fits, 5), (told, study.Fits));
        Assert.Equal(["8", "9"], study.Outliers);
        Assert.Equal(10, Assert.Single(study.Weights).Count);
        foreach (BoostingSystem system in BoostingSystem.All)
        {
            // Eight tasks and two, with as many test rows each.
            double all = Math.Pow(study.Of(system)[0], 2), parts = (0.8 * Math.Pow(study.InliersOf(system)[0], 2)) + (0.2 * Math.Pow(study.OutliersOf(system)[0], 2));
            Assert.Equal(all, parts, 1e-9);
        }
    }
}
