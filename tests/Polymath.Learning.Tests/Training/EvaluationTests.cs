using Polymath.Learning;
using Polymath.Learning.Training;
using Polymath.Tensors;

namespace Polymath.Tests;

public sealed class EvaluationTests
{
    [Fact]
    public void A_task_that_is_predicted_terribly_on_two_rows_does_not_drown_the_others()
    {
        TaskScore[] before = [Score("r2", true, 0.40), Score("r2", true, -500)], after = [Score("r2", true, 0.45), Score("r2", true, -900)];
        Assert.True(Evaluation.MeanUtility(after) > Evaluation.MeanUtility(before));
        Assert.Equal((0.40 - 1) / 2, Evaluation.MeanUtility(before), 12);
    }

    [Fact]
    public void Metrics_that_are_better_when_smaller_are_turned_but_not_bounded()
        => Assert.Equal((0.5 - 40) / 2, Evaluation.MeanUtility([Score("r2", true, 0.5), Score("rmse", false, 40)]), 12);

    [Fact]
    public void Undefined_scores_are_left_out_of_the_mean()
    {
        Assert.Equal(0.7, Evaluation.MeanUtility([Score("auc", true, double.NaN), Score("auc", true, 0.7)]), 12);
        Assert.True(double.IsNaN(Evaluation.MeanUtility([Score("auc", true, double.NaN)])));
    }

    private static TaskScore Score(string metric, bool higherIsBetter, double value)
        => new("task", metric, higherIsBetter, 2, new Dictionary<string, double> { [metric] = value });

    [Fact]
    public void Rows_that_see_each_other_meet_in_a_random_order()
    {
        // A file sorted by what is predicted: neighbours would be alike. Of 2,000 of the numbers below 10,000 the mean is 5,000 give or take 60.
        const int Rows = 10_000;
        var data = new ArrayDataset([.. Enumerable.Range(0, Rows).Select(row => (float)row)], 1, [], 0, new float[Rows], 1);
        float[] predictions = Evaluation.Predict(new Neighbours(), data)[0];
        for (int row = 0; row < Rows; row++) Assert.InRange(predictions[row], row - 5000 - 360, row - 5000 + 360);
        Assert.Equal(predictions, Evaluation.Predict(new Neighbours(), data)[0]);
    }

    /// <summary>Answers how far a row is above the mean of its batch.</summary>
    private sealed class Neighbours() : MultiTaskModel(new TaskSet(Target.Regression("above")))
    {
        public override bool RowsInteract => true;

        public override void Forward(Batch batch, Span<Tensor> outputs) => outputs[0] = batch.Numeric - batch.Numeric.Mean();
    }
}
