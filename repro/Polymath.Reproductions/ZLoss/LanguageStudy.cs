using System.Globalization;
using Polymath.Learning.Losses;
using Polymath.Tensors;

namespace Polymath.Reproductions.ZLoss;

/// <summary>The word model under log-softmax and under the losses of the spherical family, each with the learning rate that suits it best.</summary>
internal sealed class LanguageStudy
{
    /// <summary>k of the errors.</summary>
    public static readonly int[] Ranks = [1, 5, 10, 20, 50, 100];

    private static readonly double[] s_rates = [1e-3, 3e-3, 1e-2];
    private readonly WordText _text;
    private readonly int _seeds, _epochs;
    private readonly Candidate[] _candidates;

    /// <param name="text">The text.</param>
    /// <param name="grid">(a, b) of the Z-losses.</param>
    /// <param name="seeds">Models to average over.</param>
    /// <param name="epochs">Passes over the training part.</param>
    public LanguageStudy(WordText text, IReadOnlyList<(double A, double B)> grid, int seeds, int epochs)
    {
        (_text, _seeds, _epochs) = (text, seeds, epochs);
        _candidates =
        [
            new("log-softmax", (outputs, labels) => Fused.SoftmaxCrossEntropy(outputs, labels).Mean(), seeds),
            new("MSE", (outputs, labels) => SphericalLoss.Mse.Of(outputs, labels), seeds),
            new("log-Taylor-softmax", (outputs, labels) => SphericalLoss.LogTaylorSoftmax.Of(outputs, labels), seeds),
            .. grid.Select(point =>
            {
                SphericalLoss loss = SphericalLoss.Z(point.A, point.B);
                return new Candidate(string.Create(CultureInfo.InvariantCulture, $"Z({point.A}, {point.B})"), (outputs, labels) => loss.Of(outputs, labels), seeds);
            }),
        ];
    }

    /// <summary>Trainings to do, in epochs of the training part.</summary>
    public int Work => _candidates.Length * (s_rates.Length + (_seeds * _epochs));

    /// <summary>Mean errors in percent of log-softmax, for each of <see cref="Ranks"/>.</summary>
    public double[] Softmax => Means(_candidates[0]);

    /// <summary>Mean errors of log-Taylor-softmax.</summary>
    public double[] Taylor => Means(_candidates[2]);

    /// <summary>The lowest mean error of any Z-loss at each k.</summary>
    public double[] BestZ => [.. Ranks.Select((_, k) => _candidates.Skip(3).Min(candidate => Means(candidate)[k]))];

    /// <summary>Trains everything.</summary>
    /// <param name="report">Told the epochs done and the next training.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public void Run(Action<int, string> report, CancellationToken cancellation)
    {
        int done = 0;
        foreach (Candidate candidate in _candidates)
        {
            double least = double.PositiveInfinity;
            foreach (double rate in s_rates)
            {
                report(done++, $"words, {candidate.Name}, learning rate {rate.ToString(CultureInfo.InvariantCulture)}");
                double error = Fit(candidate, rate, "tuning", 1, cancellation).Errors(_text.Validation, Ranks).Average();
                if (!(error < least)) continue;
                (least, candidate.Rate) = (error, rate);
            }

            for (int seed = 0; seed < _seeds; seed++, done += _epochs)
            {
                report(done, string.Create(CultureInfo.InvariantCulture, $"words, {candidate.Name}, seed {seed + 1} of {_seeds}"));
                double[] errors = Fit(candidate, candidate.Rate, string.Create(CultureInfo.InvariantCulture, $"seed {seed}"), _epochs, cancellation).Errors(_text.Test, Ranks);
                for (int k = 0; k < Ranks.Length; k++) candidate.Errors[k][seed] = errors[k];
            }
        }
    }

    /// <summary>Errors of every loss.</summary>
    public ReportTable Table() => new(
        string.Create(CultureInfo.InvariantCulture, $"Next word of {_text.Classes}: test error in percent at k = {string.Join(", ", Ranks)}, {_epochs} epochs, {_seeds} seed{(_seeds == 1 ? string.Empty : "s (mean ± standard deviation)")}"),
        ["loss", "rate", .. Ranks.Select(k => string.Create(CultureInfo.InvariantCulture, $"k = {k}"))],
        [.. _candidates.Select(candidate => (IReadOnlyList<ReportCell>)[candidate.Name, candidate.Rate.ToString(CultureInfo.InvariantCulture), .. candidate.Errors.Select(values => ReportCell.Over(values, decimals: 1))])]);

    private WordModel Fit(Candidate candidate, double rate, string name, int epochs, CancellationToken cancellation)
    {
        RandomStream root = new RandomStream(0).Derive("z-loss words").Derive(name), order = root.Derive("order");
        var model = new WordModel(_text, candidate.Loss, rate, root.Derive("weights"));
        for (int epoch = 0; epoch < epochs; epoch++) model.Train(_text.Train, order, cancellation);
        return model;
    }

    private static double[] Means(Candidate candidate) => [.. candidate.Errors.Select(values => values.Average())];

    private sealed class Candidate(string name, Func<Tensor, Tensor, Tensor> loss, int seeds)
    {
        public string Name => name;

        public Func<Tensor, Tensor, Tensor> Loss => loss;

        public double Rate { get; set; }

        /// <summary>Percent, <c>[k][seed]</c>.</summary>
        public double[][] Errors { get; } = [.. Ranks.Select(_ => new double[seeds])];
    }
}
