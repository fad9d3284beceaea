using Polymath.Data;

namespace Polymath.Boosting.Tests;

/// <summary>Single losses against their closed forms, and what each says of wrong values.</summary>
public sealed class LossFormulaTests
{
    private static readonly BoostingTarget s_number = new("price", TargetKind.Regression, []), s_count = new("visits", TargetKind.Count, []), s_two = new("churn", TargetKind.Binary, ["no", "yes"]), s_three = new("species", TargetKind.Multiclass, ["a", "b", "c"]);

    [Fact]
    public void Squared_error_is_reported_whole_and_differentiated_as_its_half()
    {
        double[] gradient = new double[2];
        new SquaredLoss().Differentiate([3, -1], [1f, 1f], gradient, default);
        Assert.Equal([2, -2], gradient);
        Assert.Equal(8, new SquaredLoss().Sum([3, -1], [1f, 1f], default));
    }

    [Theory]
    [InlineData(0.5, 0.125)]
    [InlineData(2.0, 2.0)]
    [InlineData(5.0, 8.0)]
    [InlineData(-5.0, 8.0)]
    public void Huber_is_quadratic_within_delta_and_linear_beyond(double score, double expected) => Assert.Equal(expected, new HuberLoss(2).Sum([score], [0f], default));

    [Theory]
    [InlineData(0.9, 1.0, 0.9)]
    [InlineData(0.9, -1.0, 0.1)]
    [InlineData(0.5, 4.0, 2.0)]
    public void A_quantile_charges_alpha_above_the_score_and_the_rest_below(double alpha, double label, double expected) => Assert.Equal(expected, new QuantileLoss(alpha).Sum([0], [(float)label], default), 1e-15);

    [Fact]
    public void Poisson_is_exp_F_minus_y_F() => Assert.Equal(Math.Exp(0.7) - (3 * 0.7), new PoissonLoss().Sum([0.7], [3f], default), 1e-14);

    [Fact]
    public void Logistic_is_softmax_of_two_scores_of_which_one_is_0()
    {
        double[] scores = [-40, -3, -0.2, 0, 0.1, 2, 9, 800], pairs = [.. scores.SelectMany(score => new[] { 0, score })];
        foreach (float[] labels in (float[][])[[0, 1, 0, 1, 0, 1, 0, 1], [1, 0, 1, 0, 1, 0, 1, 0]])
        {
            double[] first = new double[8], second = new double[8], both = new double[16], bothSecond = new double[16];
            new LogisticLoss().Differentiate(scores, labels, first, second);
            new SoftmaxLoss(2).Differentiate(pairs, labels, both, bothSecond);
            Assert.Equal(new SoftmaxLoss(2).Sum(pairs, labels, default), new LogisticLoss().Sum(scores, labels, default), 1e-12);
            for (int row = 0; row < 8; row++)
            {
                Assert.Equal(both[(2 * row) + 1], first[row], 1e-15);
                Assert.Equal(-both[2 * row], first[row], 1e-15);
                Assert.Equal(bothSecond[2 * row] / 2, second[row], 1e-15);
            }
        }
    }

    [Fact]
    public void Links_are_their_closed_forms()
    {
        double[] scores = [-750, -3, -0.2, 0, 0.1, 2, 9, 40, 1.5];
        double[] logistic = [.. scores], poisson = [.. scores], squared = [.. scores], softmax = [.. scores];
        new LogisticLoss().Link(logistic);
        new PoissonLoss().Link(poisson);
        new SquaredLoss().Link(squared);
        new SoftmaxLoss(3).Link(softmax);
        for (int i = 0; i < scores.Length; i++)
        {
            Assert.Equal(1 / (1 + Math.Exp(-scores[i])), logistic[i], 1e-15);
            Assert.Equal(Math.Exp(scores[i]), poisson[i], 1e-14 * Math.Exp(scores[i]));
            Assert.Equal(scores[i], squared[i]);
            double total = scores[(i / 3 * 3)..((i / 3 * 3) + 3)].Sum(score => Math.Exp(score - scores[i]));
            Assert.Equal(1 / total, softmax[i], 1e-15);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public void Softmax_gives_probabilities_for_any_number_of_classes_and_rows(int classes)
    {
        double[] scores = [.. Enumerable.Range(0, 11 * classes).Select(i => Math.Sin(i))];
        double[] probabilities = [.. scores];
        new SoftmaxLoss(classes).Link(probabilities);
        for (int row = 0; row < 11; row++)
        {
            double total = scores[(row * classes)..((row + 1) * classes)].Sum(Math.Exp);
            for (int c = 0; c < classes; c++) Assert.Equal(Math.Exp(scores[(row * classes) + c]) / total, probabilities[(row * classes) + c], 1e-15);
        }
    }

    [Fact]
    public void The_median_of_an_even_number_of_values_is_the_middle_of_the_two_in_the_middle()
    {
        LeafRefit median = new AbsoluteLoss().Refit!;
        Assert.Equal(2.5, median([4, 1, 3, 2], default));
        Assert.Equal(3, median([4, 1, 3], default));
        Assert.Equal(4, median([4, 1, 3], [3f, 1f, 1f]));
        Assert.Equal(2.5, median([4, 1, 7], [1f, 1f, 0f]));
        Assert.Equal(0, median([], default));
        Assert.Equal(0, median([5], [0f]));
    }

    [Fact]
    public void Constants_of_classes_that_never_come_stay_finite()
    {
        double[] logistic = new double[1], softmax = new double[3], poisson = new double[1];
        new LogisticLoss().Constant([1f, 1f], default, logistic);
        new SoftmaxLoss(3).Constant([1f, 1f, 0f], default, softmax);
        new PoissonLoss().Constant([0f, 0f], default, poisson);
        Assert.Equal(Math.Log(999_999), logistic[0], 1e-9);
        Assert.Equal([Math.Log(1 / 3.0), Math.Log(2 / 3.0), Math.Log(1e-6)], softmax);
        Assert.Equal(Math.Log(1e-6), poisson[0]);
    }

    [Fact]
    public void Each_kind_of_target_has_its_default()
    {
        Assert.IsType<SquaredLoss>(BoostingLosses.Create("", s_number));
        Assert.IsType<LogisticLoss>(BoostingLosses.Create("", s_two));
        Assert.IsType<SoftmaxLoss>(BoostingLosses.Create("", s_three));
        Assert.IsType<PoissonLoss>(BoostingLosses.Create("", s_count));
        Assert.IsType<SquaredLoss>(BoostingLosses.Create("paper", s_count));
        Assert.IsType<SoftmaxLoss>(BoostingLosses.Create("paper", s_two));
    }

    [Theory]
    [InlineData("huber:delta=0", "huber: delta=0 is not allowed, expected (0, inf) (default 1).")]
    [InlineData("huber:delta=-1", "huber: delta=-1 is not allowed, expected (0, inf) (default 1).")]
    [InlineData("quantile:alpha=1", "quantile: alpha=1 is not allowed, expected (0, 1) (default 0.5).")]
    [InlineData("quantile:alpha=0", "quantile: alpha=0 is not allowed, expected (0, 1) (default 0.5).")]
    [InlineData("quantile:alpha=x", "quantile: alpha=x is not allowed, expected (0, 1) (default 0.5).")]
    [InlineData("huber:dleta=2", "huber: unknown parameter 'dleta' (did you mean 'delta'?); known: delta.")]
    [InlineData("logistic", "target 'price' is regression, found the loss logistic for binary targets; choose another or leave it out.")]
    [InlineData("softmax", "target 'price' is regression, found the loss softmax for binary, multiclass targets; choose another or leave it out.")]
    [InlineData("poisson", "target 'price' is regression, found the loss poisson for count targets; choose another or leave it out.")]
    public void A_wrong_loss_is_one_clear_sentence(string specification, string expected) => Assert.Equal(expected, Assert.Throws<BoostingException>(() => BoostingLosses.Create(specification, s_number)).Message);

    [Fact]
    public void Constructors_name_the_range_too()
    {
        Assert.Equal("quantile: found alpha=1.5, expected a number in (0, 1).", Assert.Throws<BoostingException>(() => new QuantileLoss(1.5)).Message);
        Assert.Equal("huber: found delta=NaN, expected a number above 0.", Assert.Throws<BoostingException>(() => new HuberLoss(double.NaN)).Message);
        Assert.Equal("poisson: found max_step=11, expected a number in (0, 10].", Assert.Throws<BoostingException>(() => new PoissonLoss(11)).Message);
        Assert.Equal("softmax: found 1 classes, expected 2 or more.", Assert.Throws<BoostingException>(() => new SoftmaxLoss(1)).Message);
    }
}
