using System.Globalization;

namespace Polymath.Reproductions.Dtrn;

/// <summary>DTRN on histories that two tasks read differently, and on MovieLens.</summary>
public sealed class DtrnReproduction : PublishedSystem
{
    private const int FullSeeds = 10, FewestJudged = 5, FullTrain = 16_000, FullTest = 4_000, FullEpochs = 8, QuickTrain = 8_000, QuickTest = 4_000, QuickEpochs = 6;
    private const int MovieSeeds = 3, MovieEpochs = 8, QuickMovieEpochs = 2;
    private const double Significant = 0.05;

    /// <inheritdoc/>
    public override string Slug => "dtrn";

    /// <inheritdoc/>
    public override string Title => "DTRN: task-specific bottom representations";

    /// <inheritdoc/>
    public override string Paper => "Liu et al.: Deep Task-specific Bottom Representation Network for Multi-Task Recommendation, CIKM 2023 (arXiv 2308.05996)";

    /// <inheritdoc/>
    public override string Claim => "Letting every task read the behaviour sequences in its own way (TIM) and weigh the features in its own way (TRM), below the experts, beats one shared bottom representation on all tasks, under towers, MMoE and PLE alike.";

    /// <inheritdoc/>
    public override string Where => "Polymath.Tabular.Dtrn";

    /// <inheritdoc/>
    public override ReproductionReport Run(ReproductionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ClickStudy clicks = context.Quick
            ? new ClickStudy(context.Seeds ?? 1, QuickTrain, QuickTest, QuickEpochs, DtrnVariant.Towers)
            : new ClickStudy(context.Seeds ?? FullSeeds, FullTrain, FullTest, FullEpochs, DtrnVariant.All);
        string films = context.Require("movielens-latest-small");
        var movies = new MovieLensStudy(films, context.Quick ? 1 : Math.Min(context.Seeds ?? MovieSeeds, MovieSeeds), context.Quick ? QuickMovieEpochs : MovieEpochs);
        int fits = clicks.Fits + movies.Fits;
        clicks.Run((done, text) => context.Report(done, fits, text), context.CancellationToken);
        movies.Run((done, text) => context.Report(clicks.Fits + done, fits, text), context.CancellationToken);
        return new ReproductionReport
        {
            Tables = [clicks.Table(), movies.Table()],
            Assertions = [.. Judge(clicks.Scores), .. JudgeMovies(movies.Scores)],
            Notes =
            [
                "The paper's data sets and figures could not be obtained, and no official code was found. The first experiment is the specification's: 30 items, histories of 8, e = 8, c = 4, h = 16, 2 heads, Adam 3e-3, batches of 256; the second number of an N is read as a variance. Figures in brackets are mean AUCs of an independent PyTorch implementation of it over two other draws of the items, whose gains over the shared encoder were +0.0153 (TIM), +0.0031 (TRM) and +0.0193 (both).",
                "The shared encoder is the same transformer with its layer normalisations conditioned on the behaviour alone; gains are differences with the same seed, under the same head. p is the one-sided exact sign-flip probability over the seeds. Required are the gains in mean AUC of TIM alone and of both parts under each head; task by task, and for TRM alone, two draws of the items are too few to expect an effect from: an implementation in PyTorch written again from the same description, over five draws of its own, had +0.013 (TIM), -0.001 (TRM) and +0.013 (both).",
                "MovieLens: a history holds at most 20 films rated strictly before the row, liked with 4 stars or more, disliked with 2 or less; the last fifth of every user's ratings is the test and the tenth before it decides when to stop. Nothing was tuned on it, and nothing about it is required.",
            ],
        };
    }

    private static IEnumerable<ReproductionAssertion> Judge(VariantScores scores)
    {
        string none = DtrnVariant.Neither.Name, tim = DtrnVariant.OnlyTim.Name, trm = DtrnVariant.OnlyTrm.Name, both = DtrnVariant.Both.Name;
        yield return Beats(scores, tim, none, task: null, required: true);
        yield return Beats(scores, both, none, task: null, required: true);
        yield return Beats(scores, both, none, task: 0, required: false);
        yield return Beats(scores, both, none, task: 1, required: false);
        yield return Beats(scores, trm, none, task: null, required: false);
        yield return Beats(scores, both, tim, task: null, required: false);
        yield return Beats(scores, both, trm, task: null, required: false);
        if (!scores.Has(DtrnVariant.Mmoe.With.Name)) yield break;
        yield return Beats(scores, DtrnVariant.Mmoe.With.Name, DtrnVariant.Mmoe.Without.Name, task: null, required: true);
        yield return Beats(scores, DtrnVariant.Ple.With.Name, DtrnVariant.Ple.Without.Name, task: null, required: true);
    }

    private static IEnumerable<ReproductionAssertion> JudgeMovies(VariantScores scores)
    {
        yield return Beats(scores, DtrnVariant.Both.Name, DtrnVariant.Neither.Name, task: 0, required: false, "MovieLens: ");
        yield return Beats(scores, DtrnVariant.Both.Name, DtrnVariant.Neither.Name, task: 1, required: false, "MovieLens: ");
    }

    /// <summary>The mean difference is positive, and with five seeds or more significantly so.</summary>
    private static ReproductionAssertion Beats(VariantScores scores, string ours, string theirs, int? task, bool required, string where = "")
    {
        double[] a = task is { } t ? scores.OfTask(ours, t) : scores.Mean(ours), b = task is { } u ? scores.OfTask(theirs, u) : scores.Mean(theirs);
        double[] differences = PairedComparison.Differences(a, b);
        double probability = PairedComparison.SignFlipProbability(differences);
        bool judged = differences.Length >= FewestJudged;
        string what = task is { } number ? $"AUC of task {(number == 0 ? 'A' : 'B')}" : "mean AUC";
        return new ReproductionAssertion(
            $"{where}{ours}: larger {what} than {theirs}{(judged ? ", p <= 0.05" : string.Empty)}",
            differences.Average() > 0 && (!judged || probability <= Significant),
            string.Create(CultureInfo.InvariantCulture, $"{Spread.Of(differences).Text(4)}{(differences.Length > 1 ? $", p = {probability:0.000}" : string.Empty)}"),
            required);
    }
}
