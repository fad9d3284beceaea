using System.Globalization;
using Polymath.Merging;

namespace Polymath.Reproductions.EmbeddingPosition;

/// <summary>Self Positioning: embedding experts merged at the point of their span that a small balanced probe likes best.</summary>
public sealed class EmbeddingPositioning : PublishedSystem
{
    private const int FullSeeds = 3;
    private const double Noise = 0.02, HalfAPoint = 0.005;

    /// <inheritdoc/>
    public override string Slug => "self-positioning";

    /// <inheritdoc/>
    public override string Title => "Self Positioning: general text embeddings by model merging";

    /// <inheritdoc/>
    public override string Paper => "Li, Nie, Zhang, Long, Zhang, Xie: Improving General Text Embedding Model: Tackling Task Conflict and Data Imbalance through Model Merging, 2024 (arXiv 2410.15035)";

    /// <inheritdoc/>
    public override string Claim => "Descent on the interpolation coefficients of task experts over a small balanced probe finds a merged embedding model that is better than joint training and than fixed merges.";

    /// <inheritdoc/>
    public override string Where => "Polymath.Merging.SelfPositioning";

    /// <inheritdoc/>
    public override ReproductionReport Run(ReproductionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        int seeds = context.Seeds ?? (context.Quick ? 1 : FullSeeds);
        var texts = new EmbeddingTexts(context);
        var study = new PositionStudy();
        for (int seed = 0; seed < seeds; seed++)
        {
            context.Report(seed, seeds, $"seed {seed + 1} of {seeds}");
            study.Run(texts, seed, context.CancellationToken);
        }

        return new ReproductionReport
        {
            Tables = [Scores(study), Points(study)],
            Assertions = [.. Judge(study)],
            Notes =
            [
                "No code of the paper is public and only its abstract could be read; the forms of the search and its settings are this library's reading of it.",
                "6000 news titles with their texts, about 1400 paraphrases and 500 pairs of one intent train a bag of hashed words and word parts (16384 x 64) with one hidden layer. Joint training takes as many steps as all experts together.",
                "The scales of task arithmetic and TIES are chosen by the probe's held-out loss, which Self Positioning sees too. SLERP is for two models and is not in the table; Fisher and RegMean are measured on other benches.",
            ],
        };
    }

    private static ReportTable Scores(PositionStudy study)
        => new("Test scores; the last column is their mean, each relative to its expert", ["model", .. study.Tasks, "relative"],
            [.. study.Relative.Methods.Select(method => (IReadOnlyList<ReportCell>)[method, .. study.Tasks.Select(task => study.Cell(task, method)), study.Relative.Cell(method)])]);

    private static ReportTable Points(PositionStudy study)
    {
        SelfPositioningResult first = study.Results[0];
        return new("The point found", ["", .. first.Vertices.Select(vertex => vertex.Name), "length"],
        [
            ["weight", .. first.Vertices.Select((_, t) => ReportCell.Over([.. study.Results.Select(result => result.Weights[t])], decimals: 3)), ReportCell.Over([.. study.Results.Select(result => result.Scale)], decimals: 3)],
            ["probe loss of the expert", .. first.Vertices.Select((_, t) => ReportCell.Over([.. study.Results.Select(result => result.Vertices[t].Loss)], decimals: 3)), "-"],
            ["probe loss of the point found", .. first.Vertices.Select((_, t) => ReportCell.Over([.. study.Results.Select(result => result.Tasks[t].Found)], decimals: 3)), "-"],
            ["length of the task vector", .. first.Vertices.Select((_, t) => ReportCell.Over([.. study.Results.Select(result => result.Vertices[t].Norm)], decimals: 3)), "-"],
        ]);
    }

    private static IEnumerable<ReproductionAssertion> Judge(PositionStudy study)
    {
        double position = study.Relative.Mean(PositionStudy.Position), scale = study.Results.Average(result => result.Scale);
        ReproductionAssertion Expected(string sentence, bool holds, double other) => new(sentence, holds, string.Create(CultureInfo.InvariantCulture, $"{position:F3} against {other:F3}"), Required: false);
        yield return new("with one expert the search moves only the length", study.OnlyLengthMoves, "weight 1 throughout");
        yield return new("with identical experts every weighting is the same model", study.IdenticalChange < 1e-4, string.Create(CultureInfo.InvariantCulture, $"largest distance of a tensor {study.IdenticalChange:G2}"));
        yield return new("the probe loss of the point found is no more than that of the uniform point and of each expert, within 2 %", study.LossRatios.All(ratio => ratio <= 1 + Noise), string.Create(CultureInfo.InvariantCulture, $"at most {study.LossRatios.Max():F3} of the least of them"));
        yield return Expected("half a point or more better than the average of the experts", position >= study.Relative.Mean(PositionStudy.Average) + HalfAPoint, study.Relative.Mean(PositionStudy.Average));
        yield return Expected("no worse than proportional joint training", position >= study.Relative.Mean(PositionStudy.Joint), study.Relative.Mean(PositionStudy.Joint));
        yield return Expected("no worse than the best scale of task arithmetic", position >= study.Relative.Mean(PositionStudy.Arithmetic), study.Relative.Mean(PositionStudy.Arithmetic));
        double small = study.Tasks.Skip(1).Average(task => study.RelativeTo(task, PositionStudy.Joint));
        yield return new("proportional joint training loses two points or more on the two small tasks", small <= 0.98, string.Create(CultureInfo.InvariantCulture, $"{small:F3} of their experts"), Required: false);
        yield return new("the length found is more than 1, as averages of near-orthogonal vectors shrink", scale > 1, string.Create(CultureInfo.InvariantCulture, $"{scale:F2}"), Required: false);
        yield return new("the average keeps 90 % of the experts' scores or more", study.Relative.Mean(PositionStudy.Average) >= 0.9, string.Create(CultureInfo.InvariantCulture, $"{study.Relative.Mean(PositionStudy.Average):F3}"), Required: false);
    }
}
