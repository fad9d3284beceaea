using Polymath.Learning.Balancing;
using Polymath.Learning.Losses;
using Polymath.Tensors;

namespace Polymath.Learning.Training;

/// <summary>
/// A step of a rule that looks at losses and gradients at parameters of its own choosing. Inner and outer rows are the two halves of the epoch's next
/// batch; one of fewer than four rows is too small to halve, and its parts overlap. Parameters are moved in place and put back from a copy.
/// </summary>
/// <remarks>
/// Every look starts the dropout stream anew, and only the first one at the step's own batch moves running statistics. A task takes part
/// when it has labels in all three sets of rows. The losses reported are those of the step's batch; a rule that has no use for it costs one more forward pass.
/// </remarks>
internal sealed class BilevelStep : TrainingStep, IBilevelProblem
{
    private const int SmallestHalf = 2;

    private readonly ParameterLayout _all;
    private readonly TaskGradients _combined, _sum;
    private readonly TaskGradients?[] _rows = new TaskGradients?[Enum.GetValues<BilevelBatch>().Length];
    private readonly float[] _saved;
    private readonly double[] _gramian, _stepWeights;
    private readonly int[] _common;
    private TaskGradients? _looked;
    private Dataset? _data;
    private BatchOrder? _order;
    private int _index, _epoch, _present;
    private long _step;
    private bool _look, _hasSeenStep, _endsWithStep;

    public BilevelStep(MultiTaskModel model, Balancer balancer, ParameterBlock block, Loss[] losses)
        : base(model, balancer, block, losses)
    {
        _all = new ParameterLayout(block.Places.Select(place => ParameterBlock.LeafOf(place.Parameter)), []);
        _combined = new TaskGradients(block.Layout, balancer.Learnable.Length);
        _sum = new TaskGradients(block.Layout);
        _saved = new float[block.Layout.Count];
        _gramian = new double[losses.Length * losses.Length];
        _stepWeights = new double[losses.Length];
        _common = new int[losses.Length];
    }

    public override Span<float> Gradient => _combined.Flat;

    public override ReadOnlySpan<double> Gramian => _look && _present > 1 ? _gramian.AsSpan(0, _present * _present) : default;

    public override long GradientBytes
    {
        get
        {
            long floats = _combined.Flat.Length + _sum.Flat.Length + _saved.Length;
            foreach (TaskGradients? rows in _rows) floats += (long)(rows?.Capacity ?? 0) * _saved.Length;
            return sizeof(float) * (floats + ((long)(_looked?.Capacity ?? 0) * Block.Layout.SharedCount));
        }
    }

    public Span<float> Parameters => Block.Values[.._saved.Length];

    public double LearningRate { get; private set; }

    public void Evaluate(BilevelBatch batch, Span<float> losses)
    {
        using (Tape.NoGradient()) Look(batch, losses);
    }

    public void Differentiate(BilevelBatch batch, ReadOnlySpan<double> weights, Span<float> losses, Span<float> gradient)
    {
        Look(batch, losses);
        Forward.Tape.Backward(Forward.Losses, weights, _sum, release: true);
        _sum.Flat.CopyTo(gradient);
    }

    public TaskGradients DifferentiateTasks(BilevelBatch batch, Span<float> losses)
    {
        Look(batch, losses);
        TaskGradients rows = _rows[(int)batch] ??= new TaskGradients(_common.Length, _all);
        rows.Use(_present);
        Forward.Tape.Backward(Forward.Losses, rows, release: true);
        return rows;
    }

    public void Restore() => _saved.CopyTo(Parameters);

    protected override bool Compute(in StepContext context)
    {
        (_data, _order, _index, _epoch, _step) = (context.Data, context.Order, context.Index, context.Epoch, context.Step);
        LearningRate = context.LearningRate;
        _present = FindCommon(context.Data);
        if (_present == 0) return false;
        _look = context.Conflicts.Length > 0;
        (_hasSeenStep, _endsWithStep) = (false, false);
        Parameters.CopyTo(_saved);
        Span<double> weights = _stepWeights.AsSpan(0, _present);
        Span<float> losses = stackalloc float[_present];
        try
        {
            Status = Balancer.Combine(Input(context), this, _combined.Flat[.._saved.Length], weights);
            if (!_endsWithStep) Report(losses);
        }
        catch (BalancerException exception)
        {
            throw Explain(exception, context);
        }
        finally
        {
            Restore();
            Model.FreezeStatistics(false);
        }

        weights.CopyTo(Weights);
        if (_present > 1)
        {
            foreach (ConflictStatistics statistics in context.Conflicts) statistics.Add(Gramian, Active);
        }

        return true;
    }

    private BalanceInput Input(in StepContext context) => new()
    {
        Tasks = _present,
        TotalTasks = Model.Tasks.Count,
        Active = _common.AsSpan(0, _present),
        Epoch = context.Epoch,
        Step = context.Step,
        Random = context.Random,
    };

    /// <summary>The losses of the step's batch for the record, when the rule did not look there last.</summary>
    private void Report(Span<float> losses)
    {
        if (_look && !_hasSeenStep) Look(BilevelBatch.Step, losses);
        else Evaluate(BilevelBatch.Step, losses);
    }

    /// <summary>One forward pass, and with it the tasks' angles when they are wanted.</summary>
    private void Look(BilevelBatch batch, Span<float> losses)
    {
        bool counts = batch == BilevelBatch.Step && !_hasSeenStep;
        if (batch == BilevelBatch.Step) Restore();
        Model.Random.Position = (ulong)_step << 32;
        Model.FreezeStatistics(!counts);
        Forward.Run(_data!, RowsOf(batch), _epoch, _step, mayDiverge: batch != BilevelBatch.Step);
        Forward.Keep(_common.AsSpan(0, _present));
        Forward.Values.CopyTo(losses);
        _hasSeenStep |= counts;
        _endsWithStep = batch == BilevelBatch.Step;
        if (!counts || !_look || _present < 2 || !Tape.IsRecording) return;
        _looked ??= new TaskGradients(_common.Length, Block.Layout);
        _looked.Use(_present);
        Forward.Tape.Backward(Forward.Losses, _looked);
        _looked.Gramian(_gramian.AsSpan(0, _present * _present));
    }

    private ReadOnlySpan<int> RowsOf(BilevelBatch batch)
    {
        if (batch == BilevelBatch.Step) return _order![_index];
        ReadOnlySpan<int> next = _order![(_index + 1) % _order.Steps];
        int inner = Math.Max(Math.Min(SmallestHalf, next.Length), next.Length / 2);
        return batch == BilevelBatch.Inner ? next[..inner] : next[^Math.Max(inner, next.Length - inner)..];
    }

    /// <summary>Fills in the tasks with a label in each of the three sets of rows.</summary>
    /// <returns>Their number.</returns>
    private int FindCommon(Dataset data)
    {
        int common = 0;
        for (int task = 0; task < _common.Length; task++)
        {
            if (data.HasLabel(RowsOf(BilevelBatch.Inner), task) && data.HasLabel(RowsOf(BilevelBatch.Outer), task) && data.HasLabel(RowsOf(BilevelBatch.Step), task)) _common[common++] = task;
        }

        return common;
    }
}
