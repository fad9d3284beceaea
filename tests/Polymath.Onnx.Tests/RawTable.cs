using Polymath.Data;
using Polymath.Learning;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Adult (Kohavi 1996) with holes in it, a date beside its columns, a category that training has never seen, and lists of countries and of words on demand.</summary>
internal sealed class RawTable
{
    private const int TrainingRows = 4000, TestRows = 600, MostVisits = 4, MostWords = 3;
    private static readonly string[] s_columns =
        ["age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship", "race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "income"];

    // Columns that reach a million: as they are, they leave no digits of a float to compare.
    private static readonly string[] s_large = ["fnlwgt", "capital-gain", "capital-loss"];

    private static readonly SequenceColumn[] s_lists = [new("visited", "native-country", MostVisits), new("words", null, MostWords)];

    private RawTable(TabularData data, Table test) => (Data, Test) = (data, test);

    /// <summary>Settled on the training rows.</summary>
    public TabularData Data { get; }

    /// <summary>Other rows.</summary>
    public Table Test { get; }

    public static RawTable Read(NumericTransform transform, bool binaryOnly, bool lists)
    {
        var options = new ReadOptions { ColumnNames = s_columns, TrimTrailing = '.' };
        Table train = Punch(Table.Read(SharedFiles.RequireData("adult", "adult.data"), options).Take([.. Enumerable.Range(0, TrainingRows)]), null);
        Table test = Punch(Table.Read(SharedFiles.RequireData("adult", "adult.test"), options).Take([.. Enumerable.Range(0, TestRows)]), "Atlantis");
        if (lists) (train, test) = (WithLists(train), WithLists(test));
        Target[] binary = [Target.Binary("income"), Target.Binary("married", "marital-status==Never-married")];
        var tasks = new TaskSet(binaryOnly ? binary : [.. binary, Target.MultiClass("race"), Target.Regression("hours-per-week")]);
        TabularData data = train.Encode(tasks, Splits.Random(train.Rows, 0.1, 0.1, 1), options: new EncoderOptions { Drop = transform == NumericTransform.None ? [.. s_large, "relationship"] : ["relationship"], Numeric = transform, Sequences = lists ? s_lists : [] });
        return new RawTable(data, test);
    }

    /// <summary>Some rows as the inputs of an exported file.</summary>
    public Dictionary<string, RuntimeTensor> Columns(ReadOnlySpan<int> rows)
    {
        Table part = Test.Take(rows);
        return Data.Encoder.InputColumns.ToDictionary(name => name, name => Array.Find(s_lists, list => list.Column == name) is { } list ? Places(part[name], list.MaxLength) : Tensor(part[name]));
    }

    /// <summary>The most recent items of every list in order, one text per place, empty behind them.</summary>
    private static RuntimeTensor Places(Column column, int length)
    {
        string[] places = new string[column.Rows * length];
        Array.Fill(places, string.Empty);
        for (int row = 0; row < column.Rows; row++)
        {
            string[] items = [.. (column.Text(row) ?? string.Empty).Split('|', StringSplitOptions.RemoveEmptyEntries).TakeLast(length)];
            items.CopyTo(places, row * length);
        }

        return RuntimeTensor.Of(places, length);
    }

    private static Table WithLists(Table table)
    {
        var random = new RandomStream(6);
        Column countries = table["native-country"], jobs = table["occupation"];
        return table.With(List("visited", countries, 2 * MostVisits), List("words", jobs, MostWords));

        CategoricalColumn List(string name, Column from, int most)
            => CategoricalColumn.FromTexts(name, [.. Enumerable.Range(0, table.Rows).Select(_ => string.Join('|', Enumerable.Range(0, random.NextInt32(most + 1)).Select(_ => from.Text(random.NextInt32(table.Rows)))))]);
    }

    private static RuntimeTensor Tensor(Column column) => column switch
    {
        NumericColumn numbers => RuntimeTensor.Of(numbers.Values.ToArray(), 1),
        DateColumn dates => RuntimeTensor.Of([.. dates.Ticks.ToArray().Select(Seconds)], 1),
        _ => RuntimeTensor.Of([.. Enumerable.Range(0, column.Rows).Select(row => column.Text(row) ?? string.Empty)], 1),
    };

    private static double Seconds(long ticks) => ticks == DateColumn.MissingTicks ? double.NaN : (new DateTime(ticks) - DateTime.UnixEpoch).TotalSeconds;

    private static Table Punch(Table table, string? unseen)
    {
        var random = new RandomStream(5);
        float[] ages = ((NumericColumn)table["age"]).Values.ToArray();
        for (int row = 0; row < ages.Length; row += 7) ages[row] = float.NaN;
        long[] dates = new long[table.Rows];
        for (int row = 0; row < dates.Length; row++)
        {
            // Centuries that are and are not leap years, both sides of 1970, and the last second of a year among them.
            var date = new DateTime(1895 + random.NextInt32(210), 1, 1, 0, 0, 0, DateTimeKind.Unspecified);
            dates[row] = row % 11 == 3 ? DateColumn.MissingTicks : row % 13 == 0 ? date.AddSeconds(-1).Ticks : date.AddSeconds(random.NextInt32(366 * 86400)).Ticks;
        }

        string?[] countries = [.. Enumerable.Range(0, table.Rows).Select(row => unseen is not null && row % 5 == 0 ? unseen : table["native-country"].Text(row))];
        return table.Without("age", "native-country").With(new NumericColumn("age", ages), new DateColumn("since", dates), CategoricalColumn.FromTexts("native-country", countries));
    }
}
