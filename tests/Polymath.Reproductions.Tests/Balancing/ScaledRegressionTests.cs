using Polymath.Reproductions;
using Polymath.Reproductions.Balancing;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>The badly scaled regression: its data, one comparison on it, and how it is stopped.</summary>
public sealed class ScaledRegressionTests
{
    [Fact]
    public void Targets_have_the_scales_asked_for_and_seeds_draw_their_own_rows()
    {
        ScaledRegression data = ScaledRegression.Draw(new RandomStream(1)), other = ScaledRegression.Draw(new RandomStream(2));
        Assert.Equal((2_000, 1_000, 5), (data.Train.Rows, data.Test.Rows, data.Train.Tasks));
        Assert.NotEqual(data.Train.Label(0, 0), other.Train.Label(0, 0));
        Assert.Equal(data.Train.Label(0, 0), ScaledRegression.Draw(new RandomStream(1)).Train.Label(0, 0));
        for (int task = 0; task < 5; task++)
        {
            double scale = Math.Pow(10, task - 2), squares = Enumerable.Range(0, data.Train.Rows).Sum(row => Math.Pow(data.Train.Label(row, task), 2));

            // tanh bounds both latents by 1, so a target by 2.2 plus the noise; saturated latents have a deviation of about 0.7.
            Assert.InRange(Math.Sqrt(squares / data.Train.Rows) / scale, 0.5, 1.5);
        }
    }

    [Fact]
    public void A_study_compares_and_a_balancer_that_is_missing_has_no_numbers()
    {
        var study = new RegressionStudy(["ew"], seeds: 1);
        var told = new List<string>();
        study.Run((_, text) => told.Add(text), TestContext.Current.CancellationToken);
        Assert.Equal(study.Fits, told.Count);
        Assert.Equal(1, study.Of("ew").Mean.Seeds);
        Assert.InRange(study.Of("ew").Mean.Mean, study.Of("ew").Worst.Mean, 1);
        Assert.True(double.IsNaN(study.Of("unheard-of").Mean.Mean));
        ReportTable table = study.Table();
        Assert.Equal(2, table.Rows.Count);
        Assert.Equal("0.25", ReportCell.Number(table.Rows[1][1].Reference!.Value).ToString());
        Assert.True(table.Rows[0][1].Measured!.Value.Mean > study.Of("ew").Mean.Mean);
    }

    [Fact]
    public void A_run_that_is_asked_to_stop_stops()
    {
        using var source = new CancellationTokenSource();
        int reports = 0;
        var context = new ReproductionContext { Quick = true, CancellationToken = source.Token, Progress = _ => source.CancelAfter(reports++ == 0 ? 0 : 1) };
        Assert.ThrowsAny<OperationCanceledException>(() => PublishedSystems.Find("balancers").Reproduce(context));
    }
}
