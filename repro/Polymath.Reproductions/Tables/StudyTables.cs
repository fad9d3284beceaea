using System.Globalization;
using System.Xml.Linq;
using Polymath.Data;
using Polymath.Learning;
using Polymath.Tabular;

namespace Polymath.Reproductions.Tables;

/// <summary>The real tables that every model is tried on. Large ones are cut to their first rows, so that all models can be trained on all of them.</summary>
internal static class StudyTables
{
    /// <summary>The kinds of tables.</summary>
    public const string Mixed = "related targets of several kinds", Many = "several regression targets", Labels = "many labels";

    private const int MostRows = 6_000, LargeRows = 3_000, Torques = 7, Inputs = 21, MostLabels = 14, FewestPositives = 20;
    private const string Targets = "mulan-multi-target", LabelSets = "mulan-multi-label";
    private static readonly string[] s_adultColumns = ["age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship", "race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "income"];

    /// <summary>The names in the order of the report, with how each is read.</summary>
    public static IReadOnlyList<(string Name, Func<ReproductionContext, StudyTable> Read)> All { get; } =
    [
        ("MovieLens", MovieLens),
        ("Adult", Adult),
        ("SARCOS", Sarcos),
        ("Parkinsons", Parkinsons),
        ("enb", context => Regression(context, "enb", 2)),
        ("jura", context => Regression(context, "jura", 3)),
        ("scpf", context => Regression(context, "scpf", 3)),
        ("wq", context => Regression(context, "wq", 14)),
        ("atp1d", context => Regression(context, "atp1d", 6)),
        ("yeast", context => MultiLabel(context, "yeast", "yeast-train", "yeast-test")),
        ("emotions", context => MultiLabel(context, "emotions", "emotions-train", "emotions-test")),
        ("birds", context => MultiLabel(context, "birds", "birds-train", "birds-test")),
        ("medical", context => MultiLabel(context, "medical", "medical", null)),
    ];

    // Every eighth rating in time, with the whole histories before it.
    private static StudyTable MovieLens(ReproductionContext context)
    {
        const int Thinning = 8;
        (Table table, Split split) = MovieLensTable.Read(context.Require("movielens-latest-small"));
        var thin = new Split(Thin(split.Train), Thin(split.Validation), Thin(split.Test));
        return Budget("MovieLens", Mixed, "AUC", table.Encode(MovieLensTable.Tasks, thin, options: MovieLensTable.Options)) with { IsFunnel = true };

        static int[] Thin(int[] rows) => [.. rows.Where((_, i) => i % Thinning == 0)];
    }

    // Two of the columns nearly give the second target away.
    private static StudyTable Adult(ReproductionContext context)
    {
        Table table = Cut(Table.Read(context.Require("adult/adult.data"), new ReadOptions { Header = false, ColumnNames = s_adultColumns, DropColumns = ["relationship"] }));
        return Of("Adult", Mixed, "AUC, AUC, R2", table, [Target.Binary("income"), Target.Binary("married", "marital-status==Never-married"), Target.Regression("hours-per-week")]);
    }

    private static StudyTable Sarcos(ReproductionContext context)
        => Of("SARCOS", Many, "R2", Table.Read(context.Require("sarcos/sarcos_inv_test.mat")), [.. Enumerable.Range(1, Torques).Select(joint => Target.Regression(string.Create(CultureInfo.InvariantCulture, $"c{Inputs + joint}")))]);

    private static StudyTable Parkinsons(ReproductionContext context)
        => Of("Parkinsons", Many, "R2", Table.ReadCsv(context.Require("parkinsons-telemonitoring/parkinsons_updrs.data"), new ReadOptions { DropColumns = ["subject#"] }), [Target.Regression("motor_UPDRS"), Target.Regression("total_UPDRS")]);

    // The last attributes are the targets.
    private static StudyTable Regression(ReproductionContext context, string name, int targets)
    {
        var table = Table.Read(context.Require($"{Targets}/{name}.arff"));
        return Of(name, Many, "R2", table, [.. table.ColumnNames.TakeLast(targets).Select(column => Target.Regression(column))]);
    }

    // The labels of the XML that are not too rare to be scored, the most frequent ones; the others are left out, not given away.
    private static StudyTable MultiLabel(ReproductionContext context, string name, string train, string? test)
    {
        string[] labels = [.. XDocument.Load(context.Require($"{LabelSets}/{name}.xml")).Root!.Elements().Select(label => (string?)label.Attribute("name")).OfType<string>()];
        var options = new ReadOptions { NumericColumns = labels };
        Table rows = Table.Read(context.Require($"{LabelSets}/{train}.arff"), options), held = test is null ? rows : Table.Read(context.Require($"{LabelSets}/{test}.arff"), options);
        (string Label, int Count)[] counted = [.. labels.Select(label => (label, Positives(rows[label])))];
        HashSet<string> chosen = [.. counted.Where(label => label.Count >= FewestPositives && rows.Rows - label.Count >= FewestPositives).OrderByDescending(label => label.Count).Take(MostLabels).Select(label => label.Label)];
        string[] left = [.. labels.Where(label => !chosen.Contains(label))];
        TaskSet tasks = new([.. labels.Where(chosen.Contains).Select(label => Target.Binary(label))]);
        Table inputs = rows.Without(left);
        TabularData data = test is null ? inputs.Encode(tasks) : inputs.Encode(tasks, Splits.Random(rows.Rows, validation: 0.15, test: 0), held.Without(left));
        return Budget(name, Labels, "AUC", data);
    }

    private static int Positives(Column column)
    {
        int count = 0;
        foreach (float value in ((NumericColumn)column).Values) count += value > 0 ? 1 : 0;
        return count;
    }

    private static Table Cut(Table table) => table.Rows <= MostRows ? table : table.Take([.. Enumerable.Range(0, MostRows)]);

    private static StudyTable Of(string name, string kind, string metric, Table table, Target[] targets) => Budget(name, kind, metric, Cut(table).Encode(new TaskSet(targets)));

    // Small tables take small batches and more epochs, or nothing would be learnt on them.
    private static StudyTable Budget(string name, string kind, string metric, TabularData data)
        => data.Train.Rows >= LargeRows ? new StudyTable(name, kind, metric, data, 12, 128, 4) : new StudyTable(name, kind, metric, data, 40, 32, 8);
}
