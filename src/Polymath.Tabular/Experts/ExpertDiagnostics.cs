using Polymath.Learning;
using Polymath.Learning.Reporting;
using Polymath.Learning.Training;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// Looks into a model of experts for the three failures that Wang et al. (2025, section 1) saw in production: experts that collapse, shared ones that are
/// captured by one task, and own ones that sparse tasks ignore.
/// </summary>
/// <example><code>
/// ExpertReport report = ExpertDiagnostics.Of(model, data.Validation!);
/// Console.WriteLine(report);                                     // tables of experts and gates
/// foreach (ExpertAnomaly anomaly in report.Anomalies) Console.WriteLine(anomaly.Sentence);
/// </code></example>
public static class ExpertDiagnostics
{
    /// <summary>Rows that are looked at unless said otherwise.</summary>
    public const int DefaultRows = 4096;

    private const int ChunkRows = 1024;

    /// <summary>Runs the model on rows of a data set, in inference mode; it is left as it was.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The rows; labels are not read.</param>
    /// <param name="maxRows">Most rows to look at, spread evenly over the data; at least 1.</param>
    /// <exception cref="ModelException">There are no rows.</exception>
    public static ExpertReport Of(IExpertModel model, Dataset data, int maxRows = DefaultRows)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRows, 1);
        if (data.Rows == 0) throw new ModelException("expert diagnostics: found no rows, expected at least one.");
        int count = Math.Min(maxRows, data.Rows);
        int[] rows = [.. Enumerable.Range(0, count).Select(i => (int)((long)i * data.Rows / count))];
        ExpertTally[] experts = [];
        GateTally[] gates = [], selfGates = [];
        Batch? batch = null;
        for (int start = 0; start < count; start += ChunkRows)
        {
            batch = data.Gather(rows.AsSpan(start, Math.Min(ChunkRows, count - start)), batch);
            ExpertActivity activity = model.Activity(batch);
            if (start == 0)
            {
                experts = [.. activity.Experts.Select(expert => new ExpertTally(expert))];
                gates = [.. activity.Gates.Select(gate => new GateTally(gate))];
                selfGates = [.. activity.SelfGates.Select(gate => new GateTally(gate))];
            }

            for (int e = 0; e < experts.Length; e++) experts[e].Add(activity.Experts[e].Values);
            for (int g = 0; g < gates.Length; g++) gates[g].Add(activity.Gates[g].Weights);
            for (int g = 0; g < selfGates.Length; g++) selfGates[g].Add(activity.SelfGates[g].Weights);
        }

        return new ExpertReport(count, [.. experts.Select(expert => expert.Figures)], [.. gates.Select(gate => gate.Figures(selfGates))]);
    }

    private sealed class ExpertTally(ExpertOutput expert)
    {
        private readonly bool[] _alive = new bool[expert.Values.Shape[1]];
        private long _zeros, _values;
        private double _sum, _squares;

        public ExpertFigures Figures
        {
            get
            {
                double mean = _sum / _values;
                return new ExpertFigures(expert.Level, expert.Name, expert.OwnerName ?? string.Empty, _alive.Length, (double)_zeros / _values, _alive.Count(alive => !alive), mean, Math.Sqrt(Math.Max(0, (_squares / _values) - (mean * mean))));
            }
        }

        public void Add(Tensor outputs)
        {
            ReadOnlySpan<float> values = outputs.Span;
            for (int i = 0; i < values.Length; i++)
            {
                double value = values[i];
                if (value == 0) _zeros++;
                else _alive[i % _alive.Length] = true;
                _sum += value;
                _squares += value * value;
            }

            _values += values.Length;
        }
    }

    private sealed class GateTally(GateUse gate)
    {
        private readonly double[] _sums = new double[gate.Experts.Count];
        private long _rows;

        private double[] Means => [.. _sums.Select(sum => sum / _rows)];

        public GateFigures Figures(GateTally[] selfGates)
            => new(gate.Level, gate.Consumer, gate.Owner == ExpertOwner.Shared, gate.Experts, Means, Array.Find(selfGates, self => self.Gate.Level == gate.Level && self.Gate.Owner == gate.Owner && self.Gate.Consumer == gate.Consumer)?.Means ?? []);

        private GateUse Gate => gate;

        public void Add(Tensor weights)
        {
            ReadOnlySpan<float> values = weights.Span;
            for (int i = 0; i < values.Length; i++) _sums[i % _sums.Length] += values[i];
            _rows += weights.Shape[0];
        }
    }
}
