using System.Globalization;
using Polymath.Boosting;
using Polymath.Data;

namespace Polymath.Reproductions.Rmtgb;

/// <summary>A real data set of the paper with its official split.</summary>
/// <param name="Name">What the tables call it.</param>
/// <param name="Data">All rows.</param>
/// <param name="Train">Training rows.</param>
/// <param name="Test">Test rows.</param>
internal sealed record BoostingTable(string Name, BoostingData Data, int[] Train, int[] Test)
{
    private const double TestShare = 0.2;
    private const uint OfficialSeed = 42;
    private const string Income = "income", Sex = "sex", Race = "race";
    private static readonly string[] s_adult = ["age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship", Race, Sex, "capital-gain", "capital-loss", "hours-per-week", "native-country", Income];

    /// <summary>How often the rows come, once for each task: all copies of a row are on the same side of a split.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>Whether a number is predicted.</summary>
    public bool IsRegression => Data.Targets[0].Kind == TargetKind.Regression;

    /// <summary>The same rows, split anew.</summary>
    /// <param name="seed">The split; <c>train_test_split</c> makes the same.</param>
    public BoostingTable Split(uint seed)
    {
        int rows = Data.Rows / Copies;
        (int[] train, int[] test) = NumpyPermutation.Split(rows, TestShare, seed);
        return this with { Train = All(train), Test = All(test) };

        int[] All(int[] part) => [.. Enumerable.Range(0, Copies).SelectMany(copy => part.Select(row => (copy * rows) + row))];
    }

    /// <summary>A table as the authors prepared it: numbers and, in the last column, the task; the target in a file of its own.</summary>
    /// <param name="context">Finds the files.</param>
    /// <param name="name">The data set.</param>
    /// <param name="classes">Number of classes; 0 for a number.</param>
    public static BoostingTable Prepared(ReproductionContext context, string name, int classes)
    {
        var options = new ReadOptions { Header = true };
        Table table = Table.Read(context.Require($"r-mtgb/{name}/{name}_data.csv"), options), target = Table.Read(context.Require($"r-mtgb/{name}/{name}_target.csv"), options);
        FeatureMatrix features = Matrix([.. table.Columns.SkipLast(1).Select(column => (column.Name, Numbers(column)))]);
        return Of(name, features, Numbers(target.Columns[0]), classes, Texts(table.Columns[^1])).Split(OfficialSeed);
    }

    /// <summary>Adult: texts as 0/1 columns, neither sex nor race among the features, one of them as the task. The official files are the split, as in the authors' runs.</summary>
    /// <param name="context">Finds the files.</param>
    /// <param name="name">"adult gender" or "adult race".</param>
    public static BoostingTable Adult(ReproductionContext context, string name)
    {
        var options = new ReadOptions { Header = false, ColumnNames = s_adult, MissingMarkers = [""], TrimTrailing = '.' };
        Table train = Table.Read(context.Require("adult/adult.data"), options), test = Table.Read(context.Require("adult/adult.test"), options);
        var columns = new List<(string Name, float[] Values)>();
        foreach (string column in s_adult.Where(column => column is not (Sex or Race or Income)))
        {
            if (train[column].Kind == ColumnKind.Numeric)
            {
                columns.Add((column, [.. Numbers(train[column]), .. Numbers(test[column])]));
                continue;
            }

            string[] texts = [.. Texts(train[column]), .. Texts(test[column])];
            foreach (string text in texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)) columns.Add(($"{column}_{text}", [.. texts.Select(other => other == text ? 1f : 0f)]));
        }

        string task = name.EndsWith(Race, StringComparison.Ordinal) ? Race : Sex;
        float[] labels = [.. Texts(train[Income]).Concat(Texts(test[Income])).Select(text => text.StartsWith('>') ? 1f : 0f)];
        return Of(name, Matrix(columns), labels, 2, [.. Texts(train[task]), .. Texts(test[task])]) with { Train = [.. Enumerable.Range(0, train.Rows)], Test = [.. Enumerable.Range(train.Rows, test.Rows)] };
    }

    /// <summary>SARCOS: every joint is a task over the same rows. Only the official test rows are there, so that these are split.</summary>
    /// <param name="context">Finds the file.</param>
    public static BoostingTable Sarcos(ReproductionContext context)
    {
        const int Inputs = 21, Joints = 7;
        Table table = Table.Read(context.Require("sarcos/sarcos_inv_test.mat"));
        FeatureMatrix once = Matrix([.. table.Columns.Take(Inputs).Select(column => (column.Name, Numbers(column)))]);
        int[] rows = [.. Enumerable.Range(0, Joints).SelectMany(_ => Enumerable.Range(0, table.Rows))];
        float[] labels = [.. Enumerable.Range(0, Joints).SelectMany(joint => Numbers(table.Columns[Inputs + joint]))];
        string[] tasks = [.. rows.Select((_, i) => ((i / table.Rows) + 1).ToString(CultureInfo.InvariantCulture))];
        return (Of("sarcos", once.Take(rows), labels, 0, tasks) with { Copies = Joints }).Split(OfficialSeed);
    }

    private static BoostingTable Of(string name, FeatureMatrix features, float[] labels, int classes, string[] tasks)
        => new(name, classes == 0 ? BoostingData.Regression(features, labels, tasks) : BoostingData.Classification(features, labels, classes, tasks), [], []);

    private static FeatureMatrix Matrix(List<(string Name, float[] Values)> columns)
    {
        int rows = columns[0].Values.Length;
        float[] values = new float[rows * columns.Count];
        for (int column = 0; column < columns.Count; column++)
        {
            for (int row = 0; row < rows; row++) values[(row * columns.Count) + column] = columns[column].Values[row];
        }

        return new FeatureMatrix(values, [.. columns.Select(column => new FeatureDescription(column.Name))]);
    }

    private static float[] Numbers(Column column) => column is NumericColumn numbers ? numbers.Values.ToArray() : throw new ReproductionException($"column '{column.Name}': found texts, expected numbers.");

    private static string[] Texts(Column column) => [.. Enumerable.Range(0, column.Rows).Select(row => column.Text(row) ?? string.Empty)];
}
