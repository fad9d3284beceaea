using Polymath.Learning.Balancing;
using Polymath.Learning.Losses;
using Polymath.Tensors;

namespace Polymath.Learning.Training;

/// <summary>The ordinary step: one batch, its gradients in the form that the balancer reads.</summary>
internal sealed class SingleBatchStep : TrainingStep
{
    private readonly StepGradients _gradients;

    public SingleBatchStep(MultiTaskModel model, Balancer balancer, ParameterBlock block, Loss[] losses, TrainerOptions options)
        : base(model, balancer, block, losses)
        => _gradients = new StepGradients(Forward.Tape, block.Layout, losses.Length, balancer, options);

    public override Span<float> Gradient => _gradients.Combined;

    public override ReadOnlySpan<double> Gramian => _gradients.Gramian;

    public override long GradientBytes => _gradients.Bytes;

    protected override bool Compute(in StepContext context)
    {
        Forward.Run(context.Data, context.Rows, context.Epoch, context.Step);
        if (Present == 0) return false;
        try
        {
            ReadOnlySpan<Tensor> losses = Compared(context);
            bool look = context.Conflicts.Length > 0 && Present > 1;
            _gradients.Sweep(losses, Forward.Rows, look);
            if (look)
            {
                foreach (ConflictStatistics statistics in context.Conflicts) statistics.Add(Gramian, Active);
            }

            Status = _gradients.Combine(Input(context, _gradients.BalancerReadsGramian ? Gramian : default, _gradients.IsAtRepresentation), losses, Weights);
            return true;
        }
        catch (BalancerException exception)
        {
            throw Explain(exception, context);
        }
    }
}
