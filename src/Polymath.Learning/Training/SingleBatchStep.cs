using Polymath.Learning.Balancing;
using Polymath.Learning.Losses;
using Polymath.Learning.Regularization;
using Polymath.Tensors;

namespace Polymath.Learning.Training;

/// <summary>The ordinary step: one batch, its gradients in the form that the balancer reads.</summary>
internal sealed class SingleBatchStep : TrainingStep
{
    private readonly StepGradients _gradients;
    private readonly Tensor[] _objectives;
    private readonly float[] _shown;
    private readonly IRepresentationRegularizer? _regularizer;

    public SingleBatchStep(Trainer trainer, ParameterBlock block, Loss[] losses)
        : base(trainer.Model, trainer.Balancer, block, losses)
    {
        _gradients = new StepGradients(Forward.Tape, block.Layout, losses.Length, trainer.Balancer, trainer.Options);
        _regularizer = trainer.Regularizer;
        _objectives = new Tensor[losses.Length];
        _shown = new float[losses.Length];
    }

    public override Span<float> Gradient => _gradients.Combined;

    public override ReadOnlySpan<double> Gramian => _gradients.Gramian;

    public override long GradientBytes => _gradients.Bytes;

    protected override ReadOnlySpan<float> Shown => _regularizer is null ? Values : _shown.AsSpan(0, Present);

    protected override ReadOnlySpan<Tensor> Objectives => _regularizer is null ? Forward.Losses : _objectives.AsSpan(0, Present);

    protected override bool Compute(in StepContext context)
    {
        Forward.Run(context.Data, context.Rows, context.Epoch, context.Step);
        if (Present == 0) return false;
        try
        {
            Tensor extra = _regularizer is null ? default : Regularize(_regularizer, context);
            if (!Model.Penalty.IsEmpty) extra = extra.IsEmpty ? Model.Penalty : extra + Model.Penalty;
            ReadOnlySpan<Tensor> losses = Compared(context);
            bool look = context.Conflicts.Length > 0 && Present > 1;
            _gradients.Sweep(losses, Forward.Rows, look, !extra.IsEmpty);
            if (look)
            {
                foreach (ConflictStatistics statistics in context.Conflicts) statistics.Add(Gramian, Active);
            }

            Status = _gradients.Combine(Input(context, _gradients.BalancerReadsGramian ? Gramian : default, _gradients.IsAtRepresentation), losses, Weights, extra);
            return true;
        }
        catch (BalancerException exception)
        {
            throw Explain(exception, context);
        }
    }

    /// <summary>The regulariser's term; the balancer is shown its objectives from here on.</summary>
    private Tensor Regularize(IRepresentationRegularizer regularizer, in StepContext context)
    {
        try
        {
            Tensor extra = regularizer.Regularize(Forward.Tape, Forward.Losses, Model.SharedRepresentation, _objectives);
            for (int i = 0; i < Present; i++) _shown[i] = _objectives[i].Item();
            return extra;
        }
        catch (RegularizerException exception)
        {
            throw new TrainingException($"step {context.Step} (epoch {context.Epoch}){(exception.Position is { } position ? $", task '{Model.Tasks[Active[position]].Name}'" : string.Empty)}: {exception.Message}", exception);
        }
    }
}
