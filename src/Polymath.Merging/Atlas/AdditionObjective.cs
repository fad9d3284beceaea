using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Merging;

/// <summary>L = sum_t loss_t.</summary>
internal sealed class AdditionObjective : AtlasObjective
{
    private readonly IReadOnlyList<SupervisedTask> _tasks;

    public AdditionObjective(IReadOnlyList<SupervisedTask> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        if (tasks.Count == 0) throw new MergeException("aTLAS addition: there are no tasks, expected one or more.");
        foreach (SupervisedTask task in tasks) task.Validate();
        _tasks = tasks;
    }

    internal override AtlasRun Start(TaskVectorPool pool, AtlasOptions options) => new Run(_tasks, options);

    private sealed class Run : AtlasRun
    {
        private readonly IReadOnlyList<SupervisedTask> _tasks;
        private readonly RowSampler[] _samplers;
        private readonly int _batch;

        public Run(IReadOnlyList<SupervisedTask> tasks, AtlasOptions options)
        {
            _tasks = tasks;
            _batch = Math.Max(1, options.BatchSize / tasks.Count);
            RandomStream random = new RandomStream(options.Seed).Derive("atlas");
            _samplers = [.. tasks.Select((task, t) => new RowSampler(task.Rows, options.Shuffle ? random.Derive((ulong)t) : null))];
        }

        public override int StepsPerEpoch => _tasks.Min(task => Pass(task.Rows, _batch));

        public override int Count => _tasks.Count;

        public override void BeginEpoch()
        {
            foreach (RowSampler sampler in _samplers) sampler.Restart();
        }

        public override int Record(int step, Span<Tensor> losses, Span<double> weights)
        {
            for (int t = 0; t < losses.Length; t++) losses[t] = _tasks[t].Loss(_samplers[t].Next(_batch));
            return losses.Length;
        }

        public override string Describe(int loss) => $"task '{_tasks[loss].Name}'";

        public override AtlasJudgement Judge(AtlasJudgement? zeroShot) => new(_tasks.Average(task => task.Evaluate() / task.Reference), double.NaN, Admissible: true, Stop: false);
    }
}
