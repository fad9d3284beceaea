using Polymath.Data;

namespace Polymath.Tests;

public sealed class RealDataTests
{
    private static readonly string[] AdultColumns =
        ["age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship", "race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "income"];

    [Fact]
    public void Adult_reads_without_header_and_encodes_its_official_test_file()
    {
        var options = new ReadOptions { ColumnNames = AdultColumns, TrimTrailing = '.' };
        Table train = Table.Read(SharedFiles.RequireData("adult", "adult.data"), options);
        Assert.Equal((32_561, 15), (train.Rows, train.Columns.Count));
        Assert.Equal(1836, train["workclass"].CountMissing());
        Assert.Equal(6, train.Columns.Count(column => column.Kind == ColumnKind.Numeric));
        TableEncoder encoder = TableEncoder.Fit(train, [TargetColumn.Parse("income:binary"), TargetColumn.Parse("married=marital-status==Never-married:binary")], Splits.All(train.Rows), new EncoderOptions { Drop = ["relationship"] });
        Assert.Equal((6, 6), (encoder.NumericNames.Count, encoder.Fields.Count));
        Assert.DoesNotContain("marital-status", encoder.InputColumns);
        Assert.Equal(["<=50K", ">50K"], encoder.Tasks[0].Classes);
        EncodedTable test = encoder.Encode(encoder.Read(SharedFiles.RequireData("adult", "adult.test"), options));
        Assert.Equal(16_281, test.Rows);
        Assert.Equal(3846, Enumerable.Range(0, test.Rows).Count(row => test.Target(row, 0) == 1));
        Assert.Equal(5434, Enumerable.Range(0, test.Rows).Count(row => test.Target(row, 1) == 1));
    }

    [Fact]
    public void Census_income_splits_by_its_file_of_row_numbers()
    {
        string path = SharedFiles.RequireData("census-income-kdd", "census-income.data.gz");
        string[] names = [.. Enumerable.Range(1, 42).Select(i => $"v{i}")];
        Table table = Table.Read(path, new ReadOptions { ColumnNames = names, DropColumns = ["v25"] });
        Assert.Equal((199_523, 41), (table.Rows, table.Columns.Count));
        Split split = Splits.ByRowFile(table.Rows, SharedFiles.RequireData("census-income-kdd", "source-test-rows.txt.gz"), validation: 0.1, seed: 1);
        Assert.Equal(39_905, split.Test.Length);
        Assert.Equal(15_962, split.Validation.Length);
        TableEncoder encoder = TableEncoder.Fit(table, [TargetColumn.Parse("income=v42:binary"), TargetColumn.Parse("single=v8==Never married")], split.Train);
        EncodedTable all = encoder.Encode(table);
        Assert.Equal("50000+.", encoder.Tasks[0].Classes[1]);
        Assert.Equal(12_382, Enumerable.Range(0, all.Rows).Count(row => all.Target(row, 0) == 1));
        Assert.Equal(86_485, Enumerable.Range(0, all.Rows).Count(row => all.Target(row, 1) == 1));
    }

    [Fact]
    public void School_is_one_task_per_school()
    {
        Table features = Table.Read(SharedFiles.RequireData("r-mtgb", "school", "school_data.csv"));
        Table target = Table.Read(SharedFiles.RequireData("r-mtgb", "school", "school_target.csv"));
        string task = features.ColumnNames[^1], score = target.ColumnNames[0];
        Table table = features.With(target.Columns);
        Split split = Splits.Stratified(StrataOf(table[task]), 0, 0.2, seed: 0);
        TableEncoder encoder = TableEncoder.Fit(table, [TargetColumn.Parse($"{score}:regression")], split.Train, new EncoderOptions { TaskColumn = task });
        Assert.Equal(139, encoder.Tasks.Count);
        EncodedTable test = encoder.Encode(table, split.Test);
        Assert.Equal(split.Test.Length, test.TaskOfRow!.Length);
        Assert.All(test.TaskOfRow, number => Assert.InRange(number, 0, 138));
        int row = split.Test[7];
        Assert.Equal(((NumericColumn)table[score]).Values[row], encoder.Tasks[test.TaskOfRow[7]].Scale.Undo(test.Targets![7]), 1e-3f);
        Assert.Equal(table[task].Text(row), encoder.Tasks[test.TaskOfRow[7]].Name);

        static int[] StrataOf(Column column) => [.. Enumerable.Range(0, column.Rows).Select(row => (int)((NumericColumn)column).Values[row])];
    }

    [Fact]
    public void Sarcos_reads_from_its_matlab_file_and_agrees_with_the_csv_copy_of_some_rows()
    {
        Table table = Table.Read(SharedFiles.RequireData("sarcos", "sarcos_inv_test.mat"));
        Table copy = Table.Read(SharedFiles.RequireData("sarcos", "sarcos_test.csv"));
        Assert.Equal((4449, 28), (table.Rows, table.Columns.Count));
        Assert.Equal((2000, 22), (copy.Rows, copy.Columns.Count));
        ReadOnlySpan<float> first = ((NumericColumn)table["c1"]).Values;
        int found = 0;
        for (int row = 0; row < 20; row++)
        {
            float wanted = ((NumericColumn)copy["c1"]).Values[row];
            for (int candidate = 0; candidate < table.Rows; candidate++)
            {
                if (Math.Abs(first[candidate] - wanted) > 1e-5f || Math.Abs(((NumericColumn)table["c22"]).Values[candidate] - ((NumericColumn)copy["c22"]).Values[row]) > 1e-4f) continue;
                found++;
                break;
            }
        }

        Assert.Equal(20, found);
    }

    [Fact]
    public void Parkinsons_has_two_regression_targets_and_groups_of_subjects()
    {
        Table table = Table.Read(SharedFiles.RequireData("parkinsons-telemonitoring", "parkinsons_updrs.data"));
        Assert.Equal((5875, 22), (table.Rows, table.Columns.Count));
        Assert.All(table.Columns, column => Assert.Equal((ColumnKind.Numeric, 0), (column.Kind, column.CountMissing())));
        Split split = Splits.ByGroup(table, "subject#", validation: 0.1, test: 0.2, seed: 3);
        Assert.Empty(Subjects(split.Train).Intersect(Subjects(split.Test)));
        TableEncoder encoder = TableEncoder.Fit(table, [TargetColumn.Parse("motor_UPDRS"), TargetColumn.Parse("total=total_UPDRS")], split.Train, new EncoderOptions { Drop = ["subject#"] });
        Assert.Equal([TargetKind.Regression, TargetKind.Regression], encoder.Tasks.Select(task => task.Kind));
        EncodedTable train = encoder.Encode(table, split.Train);
        Assert.Equal(19, train.NumericWidth);
        for (int feature = 0; feature < train.NumericWidth; feature++)
        {
            double mean = Enumerable.Range(0, train.Rows).Average(row => (double)train.NumericRow(row)[feature]);
            Assert.Equal(0, mean, 1e-4);
        }

        IEnumerable<float> Subjects(int[] rows) => rows.Select(row => ((NumericColumn)table["subject#"]).Values[row]).Distinct();
    }
}
