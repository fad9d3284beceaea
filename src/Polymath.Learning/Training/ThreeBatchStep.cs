using Polymath.Learning.Balancing;
using Polymath.Learning.Losses;
using Polymath.Tensors;

namespace Polymath.Learning.Training;

/// <summary>
/// A step on the gradients of three independent batches at the same parameters: the batch of the step and the next two of the epoch. The
/// parameters of single tasks receive the mean of their three gradients. A task takes part when it has labels in all three.
/// </summary>
internal sealed class ThreeBatchStep : TrainingStep
{
    private const int Batches = 3;

    private readonly TaskGradients[] _rows = new TaskGradients[Batches];
    private readonly TaskGradients _combined;
    private readonly double[] _gramian;
    private readonly int[] _common;
    private bool _hasGramian;

    public ThreeBatchStep(MultiTaskModel model, Balancer balancer, ParameterBlock block, Loss[] losses)
        : base(model, balancer, block, losses)
    {
        for (int q = 0; q < Batches; q++) _rows[q] = new TaskGradients(losses.Length, block.Layout);
        _combined = new TaskGradients(block.Layout, balancer.Learnable.Length);
        _gramian = new double[losses.Length * losses.Length];
        _common = new int[losses.Length];
    }

    public override Span<float> Gradient => _combined.Flat;

    public override ReadOnlySpan<double> Gramian => _hasGramian ? _gramian.AsSpan(0, Present * Present) : default;

    public override long GradientBytes => sizeof(float) * (_combined.Flat.Length + (Batches * (((long)_rows[0].Capacity * Block.Layout.SharedCount) + Block.Layout.OwnCount)));

    protected override bool Compute(in StepContext context)
    {
        ReadOnlySpan<int> common = FindCommon(context);
        if (common.IsEmpty) return false;

        // The step's own batch comes last: its losses are the ones reported.
        for (int q = 0; q < Batches; q++)
        {
            Forward.Run(context.Data, context.RowsAhead(Batches - 1 - q), context.Epoch, context.Step);
            Forward.Keep(common);
            _rows[q].Use(common.Length);
            Forward.Tape.Backward(Forward.Losses, _rows[q], release: true);
        }

        _hasGramian = context.Conflicts.Length > 0 && common.Length > 1;
        if (_hasGramian)
        {
            _rows[Batches - 1].Gramian(_gramian.AsSpan(0, Present * Present));
            foreach (ConflictStatistics statistics in context.Conflicts) statistics.Add(Gramian, Active);
        }

        try
        {
            Status = Balancer.Combine(Input(context, gramian: default), _rows, _combined.Row(0), Weights);
        }
        catch (BalancerException exception)
        {
            throw Explain(exception, context);
        }

        Span<float> own = _combined.Own;
        ReadOnlySpan<float> first = _rows[0].Own, second = _rows[1].Own, third = _rows[2].Own;
        for (int i = 0; i < own.Length; i++) own[i] = (first[i] + second[i] + third[i]) / Batches;
        return true;
    }

    /// <summary>The tasks with a label in each of the three batches.</summary>
    private ReadOnlySpan<int> FindCommon(in StepContext context)
    {
        int common = 0;
        for (int task = 0; task < _common.Length; task++)
        {
            bool everywhere = true;
            for (int q = 0; q < Batches && everywhere; q++) everywhere = context.Data.HasLabel(context.RowsAhead(q), task);
            if (everywhere) _common[common++] = task;
        }

        return _common.AsSpan(0, common);
    }
}
