using System.Globalization;

namespace Polymath.Reproductions.ZLoss;

/// <summary>The Z-loss and the output layer whose cost does not depend on the number of classes.</summary>
public sealed class FactoredZLoss : PublishedSystem
{
    private const string Text = "tinyshakespeare/input.txt";
    private const int FullSeeds = 3, FullClasses = 5000, QuickClasses = 1000, QuickWords = 60_000;
    private const double Exact = 1e-8, NearlyExact = 1e-3, LeastRatio = 10, FlatSlope = 0.2, LinearSlope = 0.8;
    private static readonly (double A, double B)[] s_quickGrid = [(1, 0), (1, 5), (0.1, 10)];
    private static readonly (double A, double B)[] s_grid = [.. from a in new[] { 0.1, 0.3, 1, 3 } from b in new double[] { 0, 2, 5, 10 } select (a, b)];

    /// <inheritdoc/>
    public override string Slug => "z-loss";

    /// <inheritdoc/>
    public override string Title => "Z-loss and the factored output layer";

    /// <inheritdoc/>
    public override string Paper => "de Brébisson, Vincent: The Z-loss, a shift and scale invariant classification loss belonging to the Spherical Family, 2016 (arXiv 1604.08859); Vincent, de Brébisson, Bouthillier: Efficient Exact Gradient Update, NIPS 2015 (arXiv 1412.7091)";

    /// <inheritdoc/>
    public override string Claim => "With the Z-loss an output layer of any number of classes learns exactly at a cost that does not depend on it, and ranks words better than the earlier spherical losses and, further down the list, than log-softmax.";

    /// <inheritdoc/>
    public override string Where => "Polymath.Learning.Losses.FactoredSphericalOutput";

    /// <inheritdoc/>
    public override ReproductionReport Run(ReproductionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var text = WordText.Parse(File.ReadAllText(context.Require(Text)), context.Quick ? QuickClasses : FullClasses, context.Quick ? QuickWords : int.MaxValue);
        var words = new LanguageStudy(text, context.Quick ? s_quickGrid : s_grid, context.Seeds ?? (context.Quick ? 1 : FullSeeds), context.Quick ? 1 : 2);
        var speed = new SpeedStudy();
        int total = words.Work + 2 + SpeedStudy.Reports, steps = context.Quick ? 100 : 500, done = 0;
        context.Report(done++, total, "exactness");
        (double differenceDouble, _) = ExactnessStudy.Run(steps, isDouble: true, context.CancellationToken);
        context.Report(done++, total, "exactness in single precision");
        (double differenceSingle, double largest) = ExactnessStudy.Run(steps, isDouble: false, context.CancellationToken);
        speed.Run(context.Quick ? 0.3 : 2, what => context.Report(done++, total, what));
        words.Run((epochs, what) => context.Report(done + epochs, total, what), context.CancellationToken);
        double[] slopes = speed.Slopes, z = words.BestZ, taylor = words.Taylor, softmax = words.Softmax;
        // A short run learns too little to be held to what is said of the words.
        return new ReproductionReport
        {
            Tables = [speed.Table(), words.Table()],
            Assertions =
            [
                new(Say($"after {steps} steps W is that of the whole matrix within {Exact:0e-0} in double precision"), differenceDouble < Exact, Say($"{differenceDouble:0.0e-0}")),
                new(Say($"and within {NearlyExact:0e-0} of its largest element in single precision"), differenceSingle < NearlyExact * largest, Say($"{differenceSingle / largest:0.0e-0}")),
                new(Say($"factored more than {LeastRatio} times faster than softmax at D = {SpeedStudy.Classes[^1]}"), speed.Ratio > LeastRatio, Say($"{speed.Ratio:0} times")),
                new(Say($"time of the factored layer level: slope below {FlatSlope}"), slopes[2] < FlatSlope, Say($"{slopes[2]:0.00}")),
                new(Say($"time of the softmax layer linear: slope above {LinearSlope}"), slopes[0] > LinearSlope, Say($"{slopes[0]:0.00}")),
                new("best Z-loss below log-Taylor-softmax at every k", z.Zip(taylor).All(pair => pair.First < pair.Second), Compare(z, taylor, 0), Required: !context.Quick),
                new("best Z-loss no worse than log-softmax at k = 50 and 100", z[^2] <= softmax[^2] && z[^1] <= softmax[^1], Compare(z, softmax, LanguageStudy.Ranks.Length - 2), Required: !context.Quick),
            ],
            Notes =
            [
                Say($"Text: tiny-shakespeare, {text.Words.Length} words without punctuation, the {text.Classes - 1} most frequent ones and one class for all others; three words of context, embeddings of 64, 128 hidden units, Adam on all outputs, the learning rate of 0.001, 0.003 and 0.01 with the lowest mean error on the validation part after one epoch."),
                "The best Z-loss is the lowest test error over the grid at each k by itself, as the figures of the original experiments are read; with this many candidates it gains a little by choice.",
                "The paper's own words (One Billion Word, Penn Treebank) are not at hand, so none of its figures stand in brackets.",
            ],
            Pictures = [context.Draw("z-loss-time.svg", "Time per step over the number of classes: softmax and Z-loss on all outputs, and the factored layer", writer => StepTimePicture.Write(writer, SpeedStudy.Classes, SpeedStudy.Layers, speed.Milliseconds, slopes))],
        };
    }

    private static string Compare(double[] ours, double[] theirs, int from)
        => string.Join(", ", Enumerable.Range(from, ours.Length - from).Select(k => Say($"{ours[k]:0.0} and {theirs[k]:0.0}")));

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
