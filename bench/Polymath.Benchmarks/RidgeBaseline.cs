using System.Globalization;
using Polymath.Learning.Metrics;
using Polymath.Learning.Training;
using Polymath.Tabular;
using Polymath.Tabular.Runs;
using Polymath.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Benchmarks;

/// <summary>
/// Ridge regression on the same encoded rows as a run: w = (X^T X + alpha I)^-1 X^T y with numeric columns as encoded, one indicator
/// per category, an unpenalised mean, and alpha chosen on the validation rows. One fit per task, or with <c>--pooled</c> one for all
/// tasks together. Takes the data flags of <c>polymath train</c>.
/// </summary>
internal static class RidgeBaseline
{
    private static readonly double[] s_penalties = [0.01, 0.1, 1, 10, 100, 1000];

    public static int Run(string[] arguments)
    {
        bool pooled = arguments.Contains("--pooled");
        TabularData data = RunData.Load(Settings([.. arguments.Where(argument => argument != "--pooled")]));
        if (data.Validation is null || data.Test is null) throw new InvalidOperationException("ridge needs validation and test rows.");
        Rows train = Rows.Of(data, data.Train), validation = Rows.Of(data, data.Validation), test = Rows.Of(data, data.Test);
        double squares = 0;
        var scores = new List<double>();
        foreach (int[] tasks in pooled ? [[.. Enumerable.Range(0, data.Tasks.Count)]] : Enumerable.Range(0, data.Tasks.Count).Select(k => (int[])[k]))
        {
            (double[] predictions, double penalty) = Fit(train.Of(tasks), validation.Of(tasks), test.Of(tasks));
            double[] labels = [.. test.Of(tasks).Labels];
            for (int i = 0; i < labels.Length; i++) squares += (labels[i] - predictions[i]) * (labels[i] - predictions[i]);
            double r2 = RegressionMetrics.R2<double>(labels, predictions).Value;
            scores.Add(r2);
            if (data.Tasks.Count <= 16) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(pooled ? "pooled" : data.Tasks[tasks[0]].Name),-20} r2 {r2:F4} alpha {penalty}"));
        }

        double[] all = [.. test.Labels];
        double mean = all.Average(), total = all.Sum(value => (value - mean) * (value - mean));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"mean r2 {scores.Where(double.IsFinite).Average():F4}; over all {all.Length} test labels 1 - SSE/SST = {1 - (squares / total):F4}"));
        return 0;
    }

    private static RunSettings Settings(string[] arguments)
    {
        var settings = new RunSettings { Data = arguments[0] };
        foreach (IGrouping<string, string> group in arguments.Skip(1).Chunk(2).GroupBy(pair => pair[0][2..], pair => pair[1])) settings = RunOptions.Find(group.Key).Set(settings, [.. group]);
        return settings;
    }

    private static (double[] Predictions, double Penalty) Fit(Rows train, Rows validation, Rows test)
    {
        double mean = train.Labels.DefaultIfEmpty(0).Average();
        if (train.Count < 2) return ([.. Enumerable.Repeat(mean, test.Count)], double.NaN);
        double[] centre = train.Centre();
        (double error, double[] weights, double penalty) best = (double.PositiveInfinity, [], 0);
        foreach (double penalty in s_penalties)
        {
            double[] weights = train.Solve(centre, mean, penalty);
            double[] guess = validation.Predict(weights, centre, mean);
            double error = validation.Labels.Select((label, i) => (label - guess[i]) * (label - guess[i])).DefaultIfEmpty(penalty == 10 ? 0 : 1).Average();
            if (error < best.error) best = (error, weights, penalty);
        }

        return (test.Predict(best.weights, centre, mean), best.penalty);
    }

    /// <summary>Labelled rows: features, one label each, and the task it belongs to.</summary>
    private sealed record Rows(int Width, List<float[]> Features, List<double> Labels, List<int> Tasks)
    {
        public int Count => Labels.Count;

        public static Rows Of(TabularData data, ArrayDataset set)
        {
            int width = data.Schema.NumericWidth + data.Schema.Fields.Sum(field => field.Cardinality);
            var rows = new Rows(width, [], [], []);
            using var tape = new Tape();
            for (int row = 0; row < set.Rows; row++)
            {
                tape.Reset();
                float[] x = new float[width];
                Polymath.Learning.Batch batch = set.Gather([row]);
                batch.Numeric.Span.CopyTo(x);
                int at = data.Schema.NumericWidth;
                for (int field = 0; field < data.Schema.Fields.Count; field++)
                {
                    x[at + batch.Categories.Span[field]] = 1;
                    at += data.Schema.Fields[field].Cardinality;
                }

                for (int k = 0; k < data.Tasks.Count; k++)
                {
                    float label = set.Label(row, k);
                    if (float.IsNaN(label)) continue;
                    rows.Features.Add(x);
                    rows.Labels.Add((label * (double)data.Tasks[k].Deviation) + data.Tasks[k].Mean);
                    rows.Tasks.Add(k);
                }
            }

            return rows;
        }

        public Rows Of(int[] tasks)
        {
            if (Tasks.TrueForAll(tasks.Contains)) return this;
            int[] chosen = [.. Enumerable.Range(0, Count).Where(i => tasks.Contains(Tasks[i]))];
            return new Rows(Width, [.. chosen.Select(i => Features[i])], [.. chosen.Select(i => Labels[i])], [.. chosen.Select(i => Tasks[i])]);
        }

        public double[] Centre()
        {
            double[] centre = new double[Width];
            foreach (float[] x in Features)
            {
                for (int j = 0; j < Width; j++) centre[j] += x[j] / Count;
            }

            return centre;
        }

        public double[] Solve(double[] centre, double mean, double penalty)
        {
            double[] matrix = new double[Width * Width], weights = new double[Width], x = new double[Width];
            for (int i = 0; i < Count; i++)
            {
                for (int j = 0; j < Width; j++) x[j] = Features[i][j] - centre[j];
                for (int j = 0; j < Width; j++)
                {
                    if (x[j] == 0) continue;
                    weights[j] += x[j] * (Labels[i] - mean);
                    for (int l = 0; l <= j; l++) matrix[(j * Width) + l] += x[j] * x[l];
                }
            }

            for (int j = 0; j < Width; j++) matrix[(j * Width) + j] += penalty;
            Cholesky.Factor(matrix, Width);
            Cholesky.Solve(matrix, weights);
            return weights;
        }

        public double[] Predict(double[] weights, double[] centre, double mean)
            => [.. Features.Select(x => mean + Enumerable.Range(0, Width).Sum(j => weights[j] * (x[j] - centre[j])))];
    }
}
