namespace Polymath.Boosting.Tests;

/// <summary>What holds for every registered loss: derivatives are those of the sum, constants and refits make it least, weights are repetitions, gaps are nothing.</summary>
public sealed class BoostingLossTests
{
    private const double Step = 1e-5;

    public static TheoryData<string> Cases => LossCase.All;

    [Fact]
    public void Every_registered_loss_is_a_case() => Assert.All(BoostingLosses.All, loss => Assert.Contains(Cases, row => row.Data.StartsWith(loss.Name + " ", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_gradient_is_the_central_difference_of_the_sum(string name)
    {
        var of = new LossCase(name);
        (double[] gradient, _) = Derivatives(of, of.Labels);
        Assert.All(gradient, (slope, i) => Assert.Equal((Moved(of, i, Step) - Moved(of, i, -Step)) / (2 * Step), slope, 1e-7));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_curvature_is_the_central_difference_of_the_gradient_times_what_the_loss_documents(string name)
    {
        var of = new LossCase(name);
        (_, double[] curvature) = Derivatives(of, of.Labels);
        for (int i = 0; i < curvature.Length; i++)
        {
            double at = of.Scores[i];
            of.Scores[i] = at + Step;
            double above = Derivatives(of, of.Labels).Gradient[i];
            of.Scores[i] = at - Step;
            double below = Derivatives(of, of.Labels).Gradient[i];
            of.Scores[i] = at;
            Assert.Equal(of.CurvatureFactor is { } factor ? factor * (above - below) / (2 * Step) : 1, curvature[i], 1e-6);
        }

        Assert.Equal(of.Loss.HasUnitCurvature, Array.TrueForAll(curvature, second => second == 1));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_gradient_is_the_same_with_and_without_curvature_and_for_a_row_alone(string name)
    {
        var of = new LossCase(name);
        (double[] expected, _) = Derivatives(of, of.Labels);
        double[] gradient = new double[expected.Length];
        of.Loss.Differentiate(of.Scores, of.Labels, gradient, default);
        Assert.Equal(expected, gradient);
        int outputs = of.Loss.Outputs;
        for (int row = 0; row < LossCase.Rows; row++)
        {
            double[] alone = new double[outputs];
            of.Loss.Differentiate(of.Scores.AsSpan(row * outputs, outputs), of.Labels.AsSpan(row, 1), alone, default);
            Assert.Equal(expected[(row * outputs)..((row + 1) * outputs)], alone);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void No_constant_is_better_than_that_of_the_loss(string name)
    {
        var of = new LossCase(name);
        foreach (float[] weights in (float[][])[[], of.Weights])
        {
            double[] constant = new double[of.Loss.Outputs];
            of.Loss.Constant(of.Labels, weights, constant);
            double least = Everywhere(of, constant, weights);
            for (int k = 0; k < constant.Length; k++)
            {
                foreach (double move in (double[])[-1, -0.1, -1e-3, 1e-3, 0.1, 1])
                {
                    double[] moved = [.. constant];
                    moved[k] += move;
                    Assert.True(Everywhere(of, moved, weights) >= least - 1e-12, $"output {k} by {move}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void No_leaf_value_is_better_than_that_of_a_refit(string name)
    {
        var of = new LossCase(name);
        if (of.Loss.Refit is not { } refit) return;
        foreach (float[] weights in (float[][])[[], of.Weights])
        {
            for (int rows = 1; rows <= LossCase.Rows; rows++)
            {
                double[] residuals = new double[rows], scores = of.Scores[..rows];
                for (int row = 0; row < rows; row++) residuals[row] = of.Labels[row] - scores[row];
                float[] own = weights.Length == 0 ? [] : weights[..rows];
                double value = refit(residuals, (float[])own.Clone());
                double least = Shifted(value);
                foreach (double move in (double[])[-1, -0.1, -1e-3, 1e-3, 0.1, 1]) Assert.True(Shifted(value + move) >= least - 1e-12, $"{rows} rows by {move}");

                double Shifted(double by) => of.Loss.Sum([.. scores.Select(score => score + by)], of.Labels.AsSpan(0, rows), own);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_weight_is_a_number_of_repetitions(string name)
    {
        var of = new LossCase(name);
        int[] repeated = [.. Enumerable.Range(0, LossCase.Rows).SelectMany(row => Enumerable.Repeat(row, (int)of.Weights[row]))];
        int outputs = of.Loss.Outputs;
        float[] labels = [.. repeated.Select(row => of.Labels[row])];
        double[] scores = [.. repeated.SelectMany(row => of.Scores[(row * outputs)..((row + 1) * outputs)])];
        Assert.Equal(of.Loss.Sum(scores, labels, default), of.Loss.Sum(of.Scores, of.Labels, of.Weights), 1e-9);
        double[] expected = new double[outputs], found = new double[outputs];
        of.Loss.Constant(labels, default, expected);
        of.Loss.Constant(of.Labels, of.Weights, found);
        Assert.All(expected, (constant, k) => Assert.Equal(constant, found[k], 1e-9));
        if (of.Loss.Refit is not { } refit) return;
        double[] residuals = [.. labels.Select((label, i) => label - scores[i])], weighted = [.. of.Labels.Select((label, row) => label - of.Scores[row])];
        Assert.Equal(refit(residuals, default), refit(weighted, (float[])of.Weights.Clone()), 1e-9);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Unobserved_labels_have_no_derivative_and_no_part_in_sums_and_constants(string name)
    {
        var of = new LossCase(name);
        int outputs = of.Loss.Outputs;
        float[] gaps = [.. of.Labels.Select((label, row) => row % 3 == 0 ? float.NaN : label)];
        (double[] gradient, double[] curvature) = Derivatives(of, gaps);
        (double[] fullGradient, double[] fullCurvature) = Derivatives(of, of.Labels);
        for (int i = 0; i < gradient.Length; i++)
        {
            bool observed = !float.IsNaN(gaps[i / outputs]);
            Assert.Equal((observed ? fullGradient[i] : 0, observed ? fullCurvature[i] : 0), (gradient[i], curvature[i]));
        }

        int[] left = [.. Enumerable.Range(0, LossCase.Rows).Where(row => !float.IsNaN(gaps[row]))];
        float[] labels = [.. left.Select(row => gaps[row])], weights = [.. left.Select(row => of.Weights[row])];
        Assert.Equal(of.Loss.Sum([.. left.SelectMany(row => of.Scores[(row * outputs)..((row + 1) * outputs)])], labels, weights), of.Loss.Sum(of.Scores, gaps, of.Weights), 1e-9);
        double[] expected = new double[outputs], found = new double[outputs];
        of.Loss.Constant(labels, weights, expected);
        of.Loss.Constant(gaps, of.Weights, found);
        Assert.Equal(expected, found);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Far_scores_stay_finite(string name)
    {
        var of = new LossCase(name);
        if (of.Loss is PoissonLoss) return;
        for (int i = 0; i < of.Scores.Length; i++) of.Scores[i] = (i % 2 == 0 ? 1 : -1) * 1e4;
        (double[] gradient, double[] curvature) = Derivatives(of, of.Labels);
        Assert.True(double.IsFinite(of.Of(of.Scores)));
        Assert.All(gradient, slope => Assert.True(double.IsFinite(slope)));
        Assert.All(curvature, second => Assert.True(second > 0));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_name_makes_the_loss_again(string name)
    {
        var of = new LossCase(name);
        BoostingLoss again = BoostingLosses.Create(of.Loss.Name, of.Target);
        Assert.Equal(of.Loss.GetType(), again.GetType());
        Assert.Equal(of.Loss.Name, again.Name);
        Assert.Equal(of.Of(of.Scores), again.Sum(of.Scores, of.Labels, default) / of.SumFactor);
    }

    private static double Moved(LossCase of, int score, double by)
    {
        double[] scores = [.. of.Scores];
        scores[score] += by;
        return of.Of(scores);
    }

    private static double Everywhere(LossCase of, double[] constant, float[] weights) => of.Loss.Sum([.. Enumerable.Repeat(constant, LossCase.Rows).SelectMany(scores => scores)], of.Labels, weights);

    private static (double[] Gradient, double[] Curvature) Derivatives(LossCase of, float[] labels)
    {
        double[] gradient = new double[of.Scores.Length], curvature = new double[of.Scores.Length];
        of.Loss.Differentiate(of.Scores, labels, gradient, curvature);
        return (gradient, curvature);
    }
}
