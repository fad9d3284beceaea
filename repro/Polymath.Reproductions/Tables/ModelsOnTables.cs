using System.Globalization;
using System.Reflection;
using Polymath.Tabular.Comparing;

namespace Polymath.Reproductions.Tables;

/// <summary>
/// Every registered model on real tables, beside one network per task. It repeats no paper: it is the comparison that someone who has to choose a
/// model wants to see, with its noise.
/// </summary>
public sealed class ModelsOnTables : PublishedSystem
{
    private const int FullSeeds = 3, QuickSeeds = 1;
    private static readonly string[] s_quick = ["enb", "emotions"];

    /// <inheritdoc/>
    public override string Slug => "models-on-tables";

    /// <inheritdoc/>
    public override string Title => "All models on real tables";

    /// <inheritdoc/>
    public override string Paper => "a comparison of this project; the papers of the models are listed by 'polymath models'";

    /// <inheritdoc/>
    public override string Claim => "At equal budget and without tuning: which models differ from one network per task, on which kind of table, and what they cost.";

    /// <inheritdoc/>
    public override string Where => "Polymath.Tabular";

    /// <inheritdoc/>
    public override ReproductionReport Run(ReproductionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        int seeds = context.Seeds ?? (context.Quick ? QuickSeeds : FullSeeds);
        (string Name, Func<ReproductionContext, StudyTable> Read)[] tables = [.. StudyTables.All.Where(table => !context.Quick || s_quick.Contains(table.Name))];
        string journals = Path.Combine(Path.GetTempPath(), $"polymath-{Slug}-{Build()}");
        Directory.CreateDirectory(journals);
        var study = new ModelStudy();
        for (int t = 0; t < tables.Length; t++)
        {
            int before = t;
            context.Report(before, tables.Length, $"reading {tables[t].Name}");
            StudyTable table = tables[t].Read(context);
            study.Add(table, seeds, Path.Combine(journals, $"{table.Name}.jsonl"), at => context.Report(before + at.Fraction, tables.Length, string.Create(CultureInfo.InvariantCulture, $"{table.Name}, {at.Cell.Label}, seed {at.Repeat + 1} of {at.Repeats}")), context.CancellationToken);
        }

        Directory.Delete(journals, recursive: true);
        string[] untried = [.. study.Models.Where(model => !study.HasResult(model))];
        return new ReproductionReport
        {
            Tables = study.Tables(),
            Assertions =
            [
                new ReproductionAssertion("no training fails that was begun", study.Failures.Count == 0, string.Create(CultureInfo.InvariantCulture, $"{study.Failures.Count} failures"), Required: true),
                new ReproductionAssertion("every model has a result on one of the tables at least", untried.Length == 0, untried.Length == 0 ? "all have" : string.Join(", ", untried), Required: false),
            ],
            Notes =
            [
                "The same for every model: rows, split and encoding; bottoms and experts 64-32, 4 experts, towers 16, all else by default; Adam 1e-3 with a cosine schedule, equal weighting; 12 epochs of batches of 128 on tables of 3,000 training rows or more, 40 of 32 on smaller ones, stopped early on the validation rows. Nothing is tuned for anyone. Large tables are cut to their first 6,000 rows.",
                "A score is the mean over tasks of the metric named in the head, on the test rows, with its standard deviation over seeds. 'better' and 'worse' count tables on which the 95 % interval of the paired difference to one network per task leaves zero out: the wider of Student's t over seeds and the paired bootstrap over test rows. The rank is the mean over tables on which all ranked models have a result.",
                .. study.Skipped.Select(skipped => $"{skipped.Model} is not tried on {skipped.Tables}: {skipped.Reason}"),
                .. study.Failures,
            ],
        };
    }

    // A run that was stopped goes on where it was, unless the code has changed since.
    private static string Build()
    {
        Assembly[] assemblies = [typeof(Tensors.Tensor).Assembly, typeof(Learning.Training.Trainer).Assembly, typeof(Data.Table).Assembly, typeof(Comparison).Assembly];
        return string.Concat(assemblies.Select(assembly => assembly.ManifestModule.ModuleVersionId.ToString("N")[..6]));
    }
}
