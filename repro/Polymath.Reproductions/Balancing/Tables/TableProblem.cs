using Polymath.Data;
using Polymath.Data.Generators;
using Polymath.Learning;
using Polymath.Tabular;

namespace Polymath.Reproductions.Balancing;

/// <summary>A table with several targets that the balancers are compared on: the same rows, split and encoding for all of them.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Metric">What a task is scored by, larger is better.</param>
/// <param name="Epochs">Passes over the training rows.</param>
/// <param name="Data">Encoded training and test rows.</param>
internal sealed record TableProblem(string Name, string Metric, int Epochs, TabularData Data)
{
    private const int AdultRows = 8_000, MultiTabRows = 4_000, Torques = 7, Inputs = 21;
    private static readonly string[] s_adultColumns = ["age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship", "race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "income"];

    /// <summary>Adult, SARCOS, and MultiTab-Bench with unrelated, related and nearly equal tasks.</summary>
    public static IReadOnlyList<TableProblem> All(ReproductionContext context) =>
    [
        Adult(context.Require("adult/adult.data"), context.Require("adult/adult.test")),
        Sarcos(context.Require("sarcos/sarcos_inv_test.mat")),
        MultiTab(0),
        MultiTab(0.4),
        MultiTab(0.9),
    ];

    // The first rows of the official training file, the official test file. Two of the columns nearly give the second target away.
    private static TableProblem Adult(string train, string test)
    {
        var options = new ReadOptions { Header = false, ColumnNames = s_adultColumns, DropColumns = ["relationship"] };
        Table rows = Table.Read(train, options);
        var tasks = new TaskSet(Target.Binary("income"), Target.Binary("married", "marital-status==Never-married"), Target.Binary("overtime", "hours-per-week>40"));
        var split = new Split([.. Enumerable.Range(0, AdultRows)], [], []);
        return new TableProblem("Adult", "auc", 5, rows.Encode(tasks, split, Table.Read(test, options)));
    }

    private static TableProblem Sarcos(string file)
    {
        var tasks = new TaskSet([.. Enumerable.Range(1, Torques).Select(joint => Target.Regression($"c{Inputs + joint}"))]);
        return new TableProblem("SARCOS", "r2", 30, Table.Read(file).Encode(tasks, validation: 0, test: 0.2));
    }

    private static TableProblem MultiTab(double correlation)
    {
        MultiTabBenchData data = MultiTabBench.Generate(new MultiTabBenchOptions { Correlation = correlation, Rows = MultiTabRows, Noise = [.. Enumerable.Repeat(0.1, Torques)] });
        var tasks = new TaskSet([.. Enumerable.Range(0, Torques).Select(task => Target.Regression($"y{task}"))]);
        var split = new Split([.. Enumerable.Range(0, MultiTabRows)], [], []);
        return new TableProblem(FormattableString.Invariant($"MultiTab-Bench {correlation:0.0}"), "r2", 20, data.Train.Encode(tasks, split, data.Test));
    }
}
