using System.Globalization;
using System.Numerics.Tensors;
using Polymath.Learning.Balancing;
using Polymath.Learning.Losses;
using Polymath.Learning.Optimization;
using Polymath.Tensors;
using Tensor = Polymath.Tensors.Tensor;

namespace Polymath.Learning.Training;

/// <summary>
/// A step of <see cref="FlatRegions"/>: all gradients at the parameters in one sweep, then for every task the gradient uphill, and the
/// balancer's word on both.
/// </summary>
internal sealed class FlatRegionStep : TrainingStep
{
    private readonly FlatRegions _regions;
    private readonly Balancer? _flatBalancer;
    private readonly StepUphill _uphill;

    // Row i holds g_i, and where flat gradients are not kept apart, in the end the gradient uphill; its own part always ends with the latter.
    private readonly TaskGradients _rows, _combined;
    private readonly TaskGradients? _flat;
    private readonly double[] _gramian, _uphillGramian, _gradientNorms, _flatNorms, _cosines, _flatWeights, _heads;
    private readonly float[] _perturbed;
    private bool _looked, _hasGramian;

    public FlatRegionStep(MultiTaskModel model, Balancer balancer, Balancer? flatBalancer, ParameterBlock block, Loss[] losses, FlatRegions regions)
        : base(model, balancer, block, losses)
    {
        int tasks = losses.Length;
        (_regions, _flatBalancer) = (regions, flatBalancer ?? regions.MakeFlatBalancer(balancer, tasks));
        _uphill = new StepUphill(block, regions.Rho, regions.Adaptive, regions.SeparateNorms);
        _rows = new TaskGradients(tasks, block.Layout);
        _combined = new TaskGradients(block.Layout, balancer.Learnable.Length);
        if (_flatBalancer is not null) _flat = new TaskGradients(tasks, block.Layout.SharedCount);
        (_gramian, _uphillGramian) = (new double[tasks * tasks], new double[tasks * tasks]);
        (_gradientNorms, _flatNorms, _cosines) = (new double[tasks], new double[tasks], new double[tasks]);
        (_flatWeights, _heads, _perturbed) = (new double[tasks], new double[tasks], new float[tasks]);
    }

    public override Span<float> Gradient => _combined.Flat;

    public override ReadOnlySpan<double> Gramian => _hasGramian ? _gramian.AsSpan(0, Present * Present) : default;

    public override long GradientBytes
        => _uphill.Bytes + (sizeof(float) * (_combined.Flat.Length + Block.Layout.OwnCount + ((_flat is null ? 1 : 2) * (long)_rows.Capacity * Block.Layout.SharedCount)));

    public override FlatReport Flat => !_looked ? default : new FlatReport
    {
        Losses = Values,
        PerturbedLosses = Perturbed,
        GradientNorms = _gradientNorms.AsSpan(0, Present),
        FlatNorms = _flatNorms.AsSpan(0, Present),
        TaskCosines = _cosines.AsSpan(0, Present),
        GradientGramian = Gramian,
        FlatGramian = _flat is null ? default : UphillGramian,
    };

    private ReadOnlySpan<float> Perturbed => _perturbed.AsSpan(0, Present);

    private Span<double> UphillGramian => _uphillGramian.AsSpan(0, Present * Present);

    protected override bool Compute(in StepContext context)
    {
        _looked = false;
        Forward.Run(context.Data, context.Rows, context.Epoch, context.Step);
        if (Present == 0) return false;
        try
        {
            ReadOnlySpan<Tensor> losses = Compared(context);
            bool looks = context.Step % _regions.PerturbEvery == 0, onlyLosses = !looks && !Balancer.ReadsGradients;
            bool wanted = context.Conflicts.Length > 0 && Present > 1;
            _hasGramian = !onlyLosses || wanted;
            if (_hasGramian)
            {
                _rows.Use(Present);
                Forward.Tape.Backward(losses, _rows, release: !onlyLosses);
                _rows.Gramian(_gramian.AsSpan(0, Present * Present));
            }

            for (int i = 0; wanted && i < context.Conflicts.Length; i++) context.Conflicts[i].Add(Gramian, Active);
            if (onlyLosses)
            {
                Status = Balancer.Weigh(Input(context, gramian: default), Weights);
                Forward.Tape.Backward(losses, Weights, _combined, release: true);
                return true;
            }

            if (looks) LookUphill(context);
            Combine(context);
            return true;
        }
        catch (BalancerException exception)
        {
            throw Explain(exception, context);
        }
    }

    private void LookUphill(in StepContext context)
    {
        _flat?.Use(Present);
        _uphill.Save();
        Model.FreezeStatistics(true);
        try
        {
            for (int row = 0; row < Present; row++) LookUphill(context, row);
        }
        finally
        {
            Model.FreezeStatistics(false);
            _uphill.Restore();
        }

        _looked = true;
    }

    /// <summary>The gradient of one task at its perturbed parameters; takes its place beside, or in place of, the one at the parameters themselves.</summary>
    private void LookUphill(in StepContext context, int row)
    {
        Target task = Model.Tasks[Active[row]];
        if (!double.IsFinite(_uphill.Move(_rows, row))) throw new TrainingException($"the gradient of task '{task.Name}' is not finite at step {context.Step} (epoch {context.Epoch}), so there is no step uphill; lower the learning rate, clip gradients or check that task's inputs.");
        RestartDropout(context);
        Tensor loss = Forward.RunTask(Active[row], context.Data, context.Rows);
        _perturbed[row] = loss.Item();
        if (!float.IsFinite(_perturbed[row])) throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"the perturbed loss of task '{task.Name}' became {_perturbed[row]} at step {context.Step} (epoch {context.Epoch}): rho = {_regions.Rho} is too large; lower it."));
        if (!Slopes.IsEmpty) loss *= (float)Slopes[row];
        Forward.Tape.Backward([loss], _combined, release: true);
        _uphill.Restore();

        for (int i = 0; i < _rows.OwnPartCount; i++)
        {
            OwnPart part = _rows.OwnPart(i);
            if (part.Task == row) _combined.Own.Slice(part.Offset, part.Length).CopyTo(_rows.Own[part.Offset..]);
        }

        Span<float> gradient = _rows.Row(row), uphill = _combined.Row(0), flat = _flat is null ? gradient : _flat.Row(row);
        TensorPrimitives.Subtract(uphill, gradient, flat);
        Measure(row, GradientClipping.Norm(flat), GradientClipping.Norm(uphill));
        if (_flat is null) uphill.CopyTo(gradient);
    }

    // ||g + f||^2 = ||g||^2 + 2 g.f + ||f||^2 gives the angle without another pass.
    private void Measure(int row, double flat, double uphill)
    {
        double squares = _gramian[(row * Present) + row], gradient = Math.Sqrt(squares);
        (_gradientNorms[row], _flatNorms[row]) = (gradient, flat);
        _cosines[row] = gradient > 0 && flat > 0 ? Math.Clamp(((uphill * uphill) - squares - (flat * flat)) / (2 * gradient * flat), -1, 1) : double.NaN;
    }

    private void Combine(in StepContext context)
    {
        if (!Balancer.ReadsGradients)
        {
            Status = Balancer.Weigh(Input(context, gramian: default), Weights);
            _rows.Combine(Weights, _combined.Row(0));
            _rows.ScaleOwn(Weights);
        }
        else
        {
            bool direct = _looked && _flat is null;
            if (direct) _rows.Gramian(UphillGramian);
            Status = Balancer.Combine(Input(context, direct ? UphillGramian : Gramian, losses: direct ? Perturbed : default), _rows, _combined.Row(0), Weights);
            if (_looked && _flat is not null) AddFlat(context);
            if (Balancer.WeighsHeads)
            {
                Span<double> heads = _heads.AsSpan(0, Present);
                Balancer.WeighHeads(Weights, heads);
                _rows.ScaleOwn(heads);
            }
        }

        _rows.Own.CopyTo(_combined.Own);
    }

    /// <summary>Adds what the second instance makes of the flat gradients; nothing when they are all zero, which many a rule would divide by.</summary>
    private void AddFlat(in StepContext context)
    {
        _flat!.Gramian(UphillGramian);
        if (_flatNorms.AsSpan(0, Present).IndexOfAnyExcept(0.0) < 0) return;
        Span<float> sum = _rows.Row(0);
        BalanceStatus status = _flatBalancer!.Combine(Input(context, UphillGramian, losses: Perturbed), _flat, sum, _flatWeights.AsSpan(0, Present));
        if (Status == BalanceStatus.Converged) Status = status;
        TensorPrimitives.Add(_combined.Row(0), sum, _combined.Row(0));
    }
}
