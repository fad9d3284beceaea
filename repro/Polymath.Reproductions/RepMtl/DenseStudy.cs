using System.Globalization;
using Polymath.Tensors;

namespace Polymath.Reproductions.RepMtl;

/// <summary>Trains every recipe and one network per task on the same scenes, and measures them.</summary>
internal sealed class DenseStudy
{
    private readonly int _seeds, _train, _test, _epochs;
    private readonly Dictionary<Recipe, Outcome[]> _outcomes = [];
    private readonly DenseScores[] _singles;

    /// <param name="seeds">Data sets and networks to average over.</param>
    /// <param name="train">Training scenes.</param>
    /// <param name="test">Test scenes.</param>
    /// <param name="epochs">Passes over the training scenes.</param>
    public DenseStudy(int seeds, int train, int test, int epochs)
    {
        (_seeds, _train, _test, _epochs) = (seeds, train, test, epochs);
        _singles = new DenseScores[seeds];
        foreach (Recipe recipe in Recipe.All) _outcomes[recipe] = new Outcome[seeds];
    }

    /// <summary>Fits to do.</summary>
    public int Fits => _seeds * (Recipe.All.Length + DenseTask.All.Length);

    /// <summary>Trains everything.</summary>
    public void Run(Action<int, string> report, CancellationToken cancellation)
    {
        int done = 0;
        for (int seed = 0; seed < _seeds; seed++)
        {
            RandomStream root = new RandomStream((ulong)seed).Derive("rep-mtl");
            SceneSet train = SceneSet.Draw(_train, root.Derive("train")), test = SceneSet.Draw(_test, root.Derive("test"));
            var alone = new DenseScores[DenseTask.All.Length];
            for (int t = 0; t < alone.Length; t++)
            {
                report(done++, Text($"{DenseTask.All[t].Name} alone", seed));
                alone[t] = Fit([DenseTask.All[t]], Recipe.Equal).Score(test);
            }

            _singles[seed] = new DenseScores(alone[0].MeanIoU, alone[0].PixelAccuracy, alone[1].AbsoluteError, alone[1].RelativeError, alone[2].MeanAngle, alone[2].MedianAngle);
            foreach (Recipe recipe in Recipe.All)
            {
                report(done++, Text(recipe.Name, seed));
                DenseFit fit = Fit(DenseTask.All, recipe);
                (double tsr, double csa) = fit.Measure(test);
                DenseScores scores = fit.Score(test);
                _outcomes[recipe][seed] = new Outcome(scores, scores.Gain(_singles[seed]), tsr, csa);
            }

            // The same first weights and the same order of scenes for every recipe.
            DenseFit Fit(DenseTask[] tasks, Recipe recipe)
            {
                var fit = new DenseFit(tasks, root.Derive("weights"));
                fit.Train(train, recipe, _epochs, root.Derive("order"), cancellation);
                return fit;
            }
        }
    }

    /// <summary>Delta_p of a recipe, percent, by seed.</summary>
    public double[] Gains(Recipe recipe) => [.. _outcomes[recipe].Select(outcome => outcome.Gain)];

    /// <summary>L_tsr on test scenes after training, by seed.</summary>
    public double[] Tsr(Recipe recipe) => [.. _outcomes[recipe].Select(outcome => outcome.Tsr)];

    /// <summary>L_csa on test scenes after training, by seed.</summary>
    public double[] Csa(Recipe recipe) => [.. _outcomes[recipe].Select(outcome => outcome.Csa)];

    /// <summary>The metrics of the tasks; the gain with that of the paper on NYUv2 in brackets; the two terms.</summary>
    public IReadOnlyList<ReportTable> Tables()
    {
        string seeds = _seeds == 1 ? "one seed" : string.Create(CultureInfo.InvariantCulture, $"{_seeds} seeds");
        return
        [
            Table(string.Create(CultureInfo.InvariantCulture, $"Segmentation and depth: scenes of 32 x 32 pixels, {_train} to train and {_test} to test, {_epochs} epochs, {seeds} (mean ± standard deviation)"), ["mIoU %", "pixels %", "depth 100 abs", "depth rel %"], SegmentationAndDepth(_singles), outcomes => SegmentationAndDepth(Scores(outcomes)), _ => []),
            Table("Surface normals, and the gain over one network per task", ["mean °", "median °", "Δp %"], [.. Normals(_singles), "-"], outcomes => Normals(Scores(outcomes)), recipe => [ReportCell.Over(Gains(recipe), recipe.PaperGain)]),
            Table("The two terms on test scenes after training", ["TSR", "CSA"], null, _ => [], recipe => [ReportCell.Over(Tsr(recipe), decimals: 3), ReportCell.Over(Csa(recipe))]),
        ];
    }

    private ReportTable Table(string title, string[] columns, ReportCell[]? singles, Func<Outcome[], ReportCell[]> metrics, Func<Recipe, ReportCell[]> more)
    {
        var rows = new List<IReadOnlyList<ReportCell>>();
        if (singles is not null) rows.Add((ReportCell[])["one network per task", .. singles]);
        foreach (Recipe recipe in Recipe.All) rows.Add((ReportCell[])[recipe.Name, .. metrics(_outcomes[recipe]), .. more(recipe)]);
        return new ReportTable(title, ["training", .. columns], rows);
    }

    private static DenseScores[] Scores(Outcome[] outcomes) => [.. outcomes.Select(outcome => outcome.Scores)];

    private static ReportCell[] SegmentationAndDepth(DenseScores[] scores) =>
    [
        ReportCell.Over([.. scores.Select(score => score.MeanIoU)], decimals: 1),
        ReportCell.Over([.. scores.Select(score => score.PixelAccuracy)], decimals: 1),
        ReportCell.Over([.. scores.Select(score => score.AbsoluteError)]),
        ReportCell.Over([.. scores.Select(score => score.RelativeError)], decimals: 1),
    ];

    private static ReportCell[] Normals(DenseScores[] scores) => [ReportCell.Over([.. scores.Select(score => score.MeanAngle)]), ReportCell.Over([.. scores.Select(score => score.MedianAngle)])];

    private string Text(string what, int seed) => string.Create(CultureInfo.InvariantCulture, $"{what}, seed {seed + 1} of {_seeds}");

    private sealed record Outcome(DenseScores Scores, double Gain, double Tsr, double Csa);
}
