using System.Globalization;
using Polymath.Learning.Reporting.Charts;

namespace Polymath.Learning.Reporting;

/// <summary>The gradient cosines as a heat map; of many tasks, ordered so that allies stand together and averaged over blocks.</summary>
internal sealed record ConflictChart(HeatMap Map, string Caption, IReadOnlyList<string> Pairs)
{
    private const int MostCells = 24, Blocks = 20, MostPairs = 8;

    public static ConflictChart? Of(RunReport report)
    {
        if (report.Conflict is not GradientConflict conflict) return null;
        int tasks = Math.Min(conflict.Tasks, report.Tasks.Count);
        if (tasks < 2 || conflict.Cosines.Count != (long)conflict.Tasks * conflict.Tasks) return null;
        double[] cosines = new double[tasks * tasks];
        for (int i = 0; i < tasks; i++)
            for (int j = 0; j < tasks; j++) cosines[(i * tasks) + j] = conflict.Cosines[(i * conflict.Tasks) + j] is var cosine && double.IsFinite(cosine) ? cosine : double.NaN;
        string[] names = [.. report.Tasks.Take(tasks).Select(task => task.Name)];
        bool blocks = tasks > MostCells;
        string[] shownNames = names;
        double[] shown = cosines;
        if (blocks) (shownNames, shown) = Aggregate(names, cosines);

        string rate = double.IsFinite(conflict.ConflictRate)
            ? $"{(100 * conflict.ConflictRate).ToString("0.#", CultureInfo.InvariantCulture)}\u00a0% of gradient pairs pointed against each other"
            : "How often gradients pointed against each other was not recorded";
        string over = conflict.Steps > 0 ? $" (mean cosine over {Numbers.Count(conflict.Steps)} {(conflict.Steps == 1 ? "step" : "steps")})" : "";
        string grouping = blocks ? $" {tasks} tasks in {shownNames.Length} blocks, ordered so that tasks that agree stand together; a cell is the mean over its pairs." : "";
        var map = new HeatMap
        {
            Id = "chart-conflict",
            Title = "Cosine between the tasks' gradients",
            Description = $"{rate}{over}.{grouping}",
            Names = shownNames,
            Values = shown,
            ShowDiagonal = blocks,
            NegativeLabel = "conflict",
            PositiveLabel = "agreement",
        };
        return new ConflictChart(map, $"{rate}{over}.{grouping}", tasks > HeatMap.MostWithValues ? Worst(names, cosines) : []);
    }

    private static string[] Worst(string[] names, double[] cosines)
        => [.. Enumerable.Range(0, cosines.Length)
            .Where(cell => cell / names.Length < cell % names.Length && cosines[cell] < 0)
            .OrderBy(cell => cosines[cell])
            .Take(MostPairs)
            .Select(cell => $"{names[cell / names.Length]} \u00d7 {names[cell % names.Length]}: {Numbers.Signed(cosines[cell].ToString("0.00", CultureInfo.InvariantCulture))}")];

    private static (string[] Names, double[] Values) Aggregate(string[] names, double[] cosines)
    {
        int n = names.Length;
        int[] order = Order(cosines, n);
        int count = Math.Min(Blocks, n);
        int[] starts = [.. Enumerable.Range(0, count + 1).Select(block => (int)((long)block * n / count))];
        string[] blockNames = [.. Enumerable.Range(0, count).Select(block => starts[block + 1] - starts[block] is var size && size > 1 ? $"{names[order[starts[block]]]} +{size - 1}" : names[order[starts[block]]])];
        double[] values = new double[count * count];
        for (int a = 0; a < count; a++)
        {
            for (int b = 0; b < count; b++)
            {
                double sum = 0;
                int pairs = 0;
                for (int i = starts[a]; i < starts[a + 1]; i++)
                {
                    for (int j = starts[b]; j < starts[b + 1]; j++)
                    {
                        double cosine = cosines[(order[i] * n) + order[j]];
                        if (i == j || double.IsNaN(cosine)) continue;
                        sum += cosine;
                        pairs++;
                    }
                }

                values[(a * count) + b] = pairs == 0 ? double.NaN : sum / pairs;
            }
        }

        return (blockNames, values);
    }

    // The leading eigenvector of the cosine matrix separates groups that pull against each other (power iteration, fixed start).
    private static int[] Order(double[] cosines, int n)
    {
        const int Iterations = 50;
        double[] vector = [.. Enumerable.Range(0, n).Select(i => 1 + (i / (double)n))];
        double[] next = new double[n];
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            double norm = 0;
            for (int i = 0; i < n; i++)
            {
                double sum = vector[i]; // shifted by one: the largest eigenvalue wins, not the most negative
                for (int j = 0; j < n; j++)
                {
                    double cosine = cosines[(i * n) + j];
                    if (!double.IsNaN(cosine)) sum += cosine * vector[j];
                }

                next[i] = sum;
                norm += sum * sum;
            }

            if (!(norm > 0) || !double.IsFinite(norm)) break;
            for (int i = 0; i < n; i++) vector[i] = next[i] / Math.Sqrt(norm);
        }

        return [.. Enumerable.Range(0, n).OrderByDescending(i => vector[i])];
    }
}
