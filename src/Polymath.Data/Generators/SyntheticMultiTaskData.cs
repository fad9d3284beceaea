using System.Globalization;
using Polymath.Tensors;

namespace Polymath.Data.Generators;

/// <summary>
/// Tables with a task per row, of which some do not belong to the others (Emami, Martínez-Muñoz, Hernández-Lobato, "Robust Multi-Task
/// Gradient Boosting", 2025; arXiv 2507.11411): y = f_t(x) without noise, x uniform in [-1, 1]^D, and f_t made of smooth random functions
/// as the scenario says.
/// </summary>
/// <remarks>A class that has less than a tenth of the training rows of a task makes everything be drawn anew, as in the official code.</remarks>
/// <example><code>
/// SyntheticMultiTaskTables tables = SyntheticMultiTaskData.Generate(new SyntheticMultiTaskOptions { Scenario = SyntheticScenario.Outliers });
/// Console.WriteLine(string.Join(", ", tables.Outliers));   // 8, 9
/// </code></example>
public static class SyntheticMultiTaskData
{
    private const double Common = 0.9, Own = 0.1, LeastShare = 0.1;
    private const int Attempts = 1_000;

    /// <summary>Generates the tables.</summary>
    /// <exception cref="TableException">An option is out of range, or no draw has enough rows of both classes in every task.</exception>
    public static SyntheticMultiTaskTables Generate(SyntheticMultiTaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        RandomStream root = new RandomStream(options.Seed).Derive("synthetic-multi-task");
        string[] tasks = [.. Enumerable.Range(0, options.Tasks).Select(task => task.ToString(CultureInfo.InvariantCulture))];
        string[] outliers = options.Scenario == SyntheticScenario.Outliers ? tasks[^options.OutlierTasks..] : [];
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            RandomStream stream = root.Derive((ulong)attempt);
            Func<double[], double>[] functions = Functions(options, stream.Derive("functions"));
            Table train = Draw("train", options.Rows);
            if (!options.Classification || IsBalanced(train, options)) return new SyntheticMultiTaskTables(train, options.TestRows == 0 ? null : Draw("test", options.TestRows), outliers);

            Table Draw(string part, int rows) => DrawTable($"synthetic multi-task {part}", rows, functions, tasks, options, stream.Derive(part));
        }

        throw new TableException($"rows: none of {Attempts} draws with {options.Rows} rows a task has a tenth of each class in every task, expected one; ask for more rows.");
    }

    /// <summary>f_t by task.</summary>
    internal static Func<double[], double>[] Functions(SyntheticMultiTaskOptions options, RandomStream stream)
    {
        RandomFourierFunction common = Next(), other = options.Scenario == SyntheticScenario.Outliers ? Next() : common;
        return [.. Enumerable.Range(0, options.Tasks).Select(Of)];

        RandomFourierFunction Next() => RandomFourierFunction.Draw(stream, options.Features);

        Func<double[], double> Of(int task)
        {
            if (options.Scenario == SyntheticScenario.Same) return x => common.At(x);
            RandomFourierFunction own = Next(), shared = task < options.Tasks - options.OutlierTasks ? common : other;
            return options.Scenario == SyntheticScenario.Unrelated ? x => own.At(x) : x => (Common * shared.At(x)) + (Own * own.At(x));
        }
    }

    private static Table DrawTable(string name, int rows, Func<double[], double>[] functions, string[] tasks, SyntheticMultiTaskOptions options, RandomStream stream)
    {
        float[][] features = [.. Enumerable.Range(0, options.Features).Select(_ => new float[rows * tasks.Length])];
        float[] labels = new float[rows * tasks.Length];
        int[] taskOfRow = new int[labels.Length];
        double[] x = new double[options.Features];
        for (int row = 0; row < labels.Length; row++)
        {
            // Rounded before use: the labels belong to the floats that the table holds.
            for (int j = 0; j < x.Length; j++) x[j] = features[j][row] = (float)((2 * stream.NextDouble()) - 1);
            taskOfRow[row] = row / rows;
            double value = functions[taskOfRow[row]](x);
            labels[row] = options.Classification ? value > 0 ? 1 : 0 : (float)value;
        }

        return new Table(name, [.. features.Select((values, j) => new NumericColumn($"x{j}", values)), new CategoricalColumn("task", taskOfRow, tasks), new NumericColumn("y", labels)]);
    }

    private static bool IsBalanced(Table table, SyntheticMultiTaskOptions options)
    {
        ReadOnlySpan<float> labels = ((NumericColumn)table["y"]).Values;
        for (int task = 0; task < options.Tasks; task++)
        {
            double ones = 0;
            foreach (float label in labels.Slice(task * options.Rows, options.Rows)) ones += label;
            if (Math.Min(ones, options.Rows - ones) < LeastShare * options.Rows) return false;
        }

        return true;
    }
}
