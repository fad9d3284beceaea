using Polymath.Merging.TaskVectors;
using Polymath.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Polymath.Merging;

/// <summary>Unsupervised FixMatch from the base's own predictions.</summary>
internal sealed class TestTimeObjective : AtlasObjective
{
    private readonly UnlabeledViews _task;
    private readonly UfmMode _mode;
    private readonly double _threshold;
    private readonly bool _allowSelf;

    public TestTimeObjective(UnlabeledViews task, UfmMode mode, double threshold, bool allowSelf)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (task.Rows < 1) throw new MergeException($"task '{task.Name}': there are {task.Rows} unlabelled inputs, expected at least 1.");
        if (threshold is not (>= 0 and < 1)) throw new MergeException($"task '{task.Name}': found the threshold {threshold}, expected one in [0, 1).");
        (_task, _mode, _threshold, _allowSelf) = (task, mode, threshold, allowSelf);
    }

    internal override AtlasRun Start(TaskVectorPool pool, AtlasOptions options)
    {
        RequireOthers(pool, _task.Name, _allowSelf);
        return new Run(_task, _mode, (float)_threshold, options);
    }

    private sealed class Run : AtlasRun
    {
        private const int EvaluationRows = 256, MostTrusted = 100;
        private readonly UnlabeledViews _task;
        private readonly float _threshold;
        private readonly int[] _labels, _trustedRows;
        private readonly bool[] _trusted;
        private readonly int _classes, _batch;
        private readonly RowSampler _all;
        private readonly RowSampler? _sure;
        private readonly List<string> _warnings = [];

        public Run(UnlabeledViews task, UfmMode mode, float threshold, AtlasOptions options)
        {
            (_task, _threshold, _labels, _trusted) = (task, threshold, new int[task.Rows], new bool[task.Rows]);
            float[] confidence = new float[task.Rows];
            _classes = Predict(task, _labels, confidence);

            // The k most confident of each class, k = min(floor((N / C) / 10), 100).
            int each = Math.Min(task.Rows / _classes / 10, MostTrusted);
            if (mode == UfmMode.ReleasedCode) Array.Fill(_trusted, true);
            _trustedRows = [.. Enumerable.Range(0, task.Rows).GroupBy(row => _labels[row]).OrderBy(group => group.Key).SelectMany(group => group.OrderByDescending(row => confidence[row]).Take(each))];
            foreach (int row in _trustedRows) _trusted[row] = true;
            if (_trustedRows.Length == 0) _warnings.Add($"task '{task.Name}': {task.Rows} inputs of {_classes} classes are too few for a trusted set (ten of each class give one); learning from confident predictions alone.");
            RandomStream random = new RandomStream(options.Seed).Derive("atlas.views");
            _all = new RowSampler(task.Rows, options.Shuffle ? random.Derive("all") : null);
            _sure = _trustedRows.Length == 0 ? null : new RowSampler(_trustedRows.Length, options.Shuffle ? random.Derive("trusted") : null);
            _batch = Math.Max(1, _sure is null ? options.BatchSize : options.BatchSize / 2);
        }

        public override int StepsPerEpoch => Pass(_task.Rows, _batch);

        public override int Count => 1;

        public override IReadOnlyList<string> Warnings => _warnings;

        public override void BeginEpoch()
        {
            _all.Restart();
            _sure?.Restart();
        }

        public override int Record(int step, Span<Tensor> losses, Span<double> weights)
        {
            ReadOnlySpan<int> free = _all.Next(_batch);
            ReadOnlySpan<int> sure = _sure is null ? [] : _sure.Next(_batch);
            int[] rows = new int[free.Length + sure.Length];
            free.CopyTo(rows);
            for (int i = 0; i < sure.Length; i++) rows[free.Length + i] = _trustedRows[sure[i]];
            float[] labels = new float[rows.Length * _classes];
            bool[] trusted = new bool[rows.Length];
            for (int i = 0; i < rows.Length; i++)
            {
                labels[(i * _classes) + _labels[rows[i]]] = 1f;
                trusted[i] = _trusted[rows[i]];
            }

            Tensor weak;
            using (Tape.NoGradient()) weak = _task.Weak(rows);
            losses[0] = UfmLoss.Forward(weak, _task.Strong(rows), labels, trusted, _threshold);
            return losses[0].IsEmpty ? 0 : 1;
        }

        public override string Describe(int loss) => $"task '{_task.Name}'";

        public override AtlasJudgement Judge(AtlasJudgement? zeroShot) => new(_task.Score?.Invoke() ?? double.NaN, double.NaN, Admissible: true, Stop: false);

        private static int Predict(UnlabeledViews task, int[] labels, float[] confidence)
        {
            using var tape = new Tape();
            using Tape.NoGradientScope quiet = Tape.NoGradient();
            int classes = 0;
            for (int start = 0; start < task.Rows; start += EvaluationRows, tape.Reset())
            {
                int[] rows = [.. Enumerable.Range(start, Math.Min(EvaluationRows, task.Rows - start))];
                Tensor logits = task.Weak(rows);
                if (logits.Shape.Rank != 2 || logits.Shape[0] != rows.Length || logits.Shape[1] < 2) throw new MergeException($"task '{task.Name}': found logits of shape {logits.Shape} for {rows.Length} inputs, expected [{rows.Length}, classes] with 2 classes or more.");
                classes = logits.Shape[1];
                ReadOnlySpan<float> shares = logits.Softmax().Span;
                for (int i = 0; i < rows.Length; i++)
                {
                    ReadOnlySpan<float> row = shares.Slice(i * classes, classes);
                    labels[rows[i]] = TensorPrimitives.IndexOfMax(row);
                    confidence[rows[i]] = row[labels[rows[i]]];
                }
            }

            return classes;
        }
    }
}
