using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Merging;

/// <summary>A task's loss on a few examples of each class.</summary>
internal sealed class FewShotObjective : AtlasObjective
{
    private const int LeastBatches = 10;
    private readonly SupervisedTask _task;
    private readonly int _shots;
    private readonly bool _allowSelf;

    public FewShotObjective(SupervisedTask task, int shots, bool allowSelf)
    {
        ArgumentNullException.ThrowIfNull(task);
        task.Validate();
        if (task.Labels is null) throw new MergeException($"task '{task.Name}' has no labels, by which its shots would be chosen; expected the class of each row.");
        if (task.Labels.Count != task.Rows) throw new MergeException($"task '{task.Name}': found {task.Labels.Count} labels of {task.Rows} rows, expected one for each.");
        if (shots < 1) throw new MergeException($"task '{task.Name}': found {shots} shots of each class, expected 1 or more.");
        (_task, _shots, _allowSelf) = (task, shots, allowSelf);
    }

    internal override AtlasRun Start(TaskVectorPool pool, AtlasOptions options)
    {
        RequireOthers(pool, _task.Name, _allowSelf);
        return new Run(_task, _shots, options);
    }

    private sealed class Run : AtlasRun
    {
        private readonly SupervisedTask _task;
        private readonly int[] _chosen, _batchRows;
        private readonly int _batch;
        private readonly RowSampler _sampler;
        private readonly List<string> _warnings = [];

        public Run(SupervisedTask task, int shots, AtlasOptions options)
        {
            RandomStream random = new RandomStream(options.Seed).Derive("atlas.shots");
            (_task, _batch) = (task, options.BatchSize);
            IReadOnlyList<int> labels = task.Labels!;
            var chosen = new List<int>();
            for (int label = 0; label <= labels.Max(); label++)
            {
                int[] members = [.. Enumerable.Range(0, task.Rows).Where(row => labels[row] == label)];
                if (members.Length == 0) throw new MergeException($"task '{task.Name}': class {label} has no example, expected {shots} shots of each.");
                if (members.Length < shots) _warnings.Add($"task '{task.Name}': class {label} has {members.Length} examples for {shots} shots; all are used.");
                random.Derive((ulong)label).Shuffle<int>(members);
                chosen.AddRange(members.Take(shots));
            }

            // Fewer than ten batches in a pass: the list is repeated floor(10 / batches) + 1 times, as the authors do.
            double batches = (double)chosen.Count / _batch;
            int copies = batches < LeastBatches ? (int)(LeastBatches / batches) + 1 : 1;
            _chosen = [.. Enumerable.Repeat(chosen, copies).SelectMany(rows => rows)];
            _batchRows = new int[Math.Min(_batch, _chosen.Length)];
            _sampler = new RowSampler(_chosen.Length, options.Shuffle ? random.Derive("order") : null);
        }

        public override int StepsPerEpoch => Pass(_chosen.Length, _batch);

        public override int Count => 1;

        public override IReadOnlyList<string> Warnings => _warnings;

        public override void BeginEpoch() => _sampler.Restart();

        public override int Record(int step, Span<Tensor> losses, Span<double> weights)
        {
            ReadOnlySpan<int> places = _sampler.Next(_batch);
            for (int i = 0; i < places.Length; i++) _batchRows[i] = _chosen[places[i]];
            losses[0] = _task.Loss(_batchRows.AsSpan(0, places.Length));
            return 1;
        }

        public override string Describe(int loss) => $"task '{_task.Name}'";

        public override AtlasJudgement Judge(AtlasJudgement? zeroShot) => new(_task.Evaluate(), double.NaN, Admissible: true, Stop: false);
    }
}
