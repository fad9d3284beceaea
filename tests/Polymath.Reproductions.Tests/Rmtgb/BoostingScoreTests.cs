using Polymath.Boosting;
using Polymath.Reproductions.Rmtgb;

namespace Polymath.Tests;

/// <summary>The two measures of the paper on cases small enough to do by hand.</summary>
public sealed class BoostingScoreTests
{
    [Fact]
    public void Numbers_are_scored_by_squared_and_absolute_distance()
    {
        // A single leaf: the mean of 1, 1, 4, which is 2. On the labels 1 and 5: distances 1 and 3.
        BoostingData train = BoostingData.Regression(new FeatureMatrix([0, 0, 0], 1), [1, 1, 4]), test = BoostingData.Regression(new FeatureMatrix([0, 0], 1), [1, 5]);
        BoostedModel model = new MultiTaskBooster(BoostingOptions.Pooled(1).Paper() with { LearningRate = 1 }).Fit(train, cancellation: TestContext.Current.CancellationToken);
        var score = BoostingScore.Of(model, test);
        Assert.Equal(Math.Sqrt(5), score.Primary, 1e-12);
        Assert.Equal(2, score.Secondary, 1e-12);
    }

    [Fact]
    public void Recall_is_averaged_over_the_classes_that_are_there()
    {
        // Class 0 below, class 1 above; class 2 is only among the test rows and never predicted.
        BoostingData train = BoostingData.Classification(new FeatureMatrix([0, 0, 1, 1], 1), [0, 0, 1, 1], 4), test = BoostingData.Classification(new FeatureMatrix([0, 0, 1, 1, 1], 1), [0, 1, 1, 1, 2], 4);
        BoostedModel model = new MultiTaskBooster(BoostingOptions.Pooled(5).Paper()).Fit(train, cancellation: TestContext.Current.CancellationToken);
        var score = BoostingScore.Of(model, test);
        Assert.Equal(3.0 / 5, score.Primary, 1e-12);
        Assert.Equal((1 + (2.0 / 3) + 0) / 3, score.Secondary, 1e-12);
    }
}
