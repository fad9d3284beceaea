using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Merging;

/// <summary>L = -loss_target + loss_control.</summary>
internal sealed class NegationObjective : AtlasObjective
{
    private readonly SupervisedTask _target, _control;
    private readonly double _share;

    public NegationObjective(SupervisedTask target, SupervisedTask? control, double share)
    {
        ArgumentNullException.ThrowIfNull(target);
        _control = control ?? throw new MergeException($"aTLAS negation of '{target.Name}' has no control task, expected one whose skill has to stay.");
        _target = target;
        _share = share is > 0 and <= 1 ? share : throw new MergeException($"aTLAS negation: found the control share {share}, expected one in (0, 1].");
        target.Validate();
        control.Validate();
    }

    internal override AtlasRun Start(TaskVectorPool pool, AtlasOptions options) => new Run(_target, _control, _share, options);

    private sealed class Run(SupervisedTask target, SupervisedTask control, double share, AtlasOptions options) : AtlasRun
    {
        private readonly int _batch = Math.Max(1, options.BatchSize / 2);
        private readonly RowSampler _targetRows = new(target.Rows, options.Shuffle ? new RandomStream(options.Seed).Derive("atlas.target") : null);
        private readonly RowSampler _controlRows = new(control.Rows, options.Shuffle ? new RandomStream(options.Seed).Derive("atlas.control") : null);

        public override int StepsPerEpoch => Math.Min(Pass(target.Rows, _batch), Pass(control.Rows, _batch));

        public override int Count => 2;

        public override void BeginEpoch()
        {
            _targetRows.Restart();
            _controlRows.Restart();
        }

        public override int Record(int step, Span<Tensor> losses, Span<double> weights)
        {
            losses[0] = target.Loss(_targetRows.Next(_batch));
            losses[1] = control.Loss(_controlRows.Next(_batch));
            weights[0] = -1;
            return 2;
        }

        public override string Describe(int loss) => loss == 0 ? $"target task '{target.Name}'" : $"control task '{control.Name}'";

        public override AtlasJudgement Judge(AtlasJudgement? zeroShot)
        {
            double kept = control.Evaluate();
            bool holds = zeroShot is null || kept >= share * zeroShot.Control;
            return new(-target.Evaluate(), kept, holds, Stop: !holds);
        }
    }
}
