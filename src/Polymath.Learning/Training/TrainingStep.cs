using Polymath.Learning.Balancing;
using Polymath.Learning.Losses;
using Polymath.Tensors;

namespace Polymath.Learning.Training;

/// <summary>
/// One step: forward, the losses as a vector, as much of their gradients as the balancer needs, and the flat gradient it makes of them.
/// The kinds of step differ in how often, and at which parameters, they look.
/// </summary>
internal abstract class TrainingStep : IDisposable
{
    private readonly double[] _weights, _slopes;
    private readonly Tensor[] _compared;

    protected TrainingStep(MultiTaskModel model, Balancer balancer, ParameterBlock block, Loss[] losses)
    {
        (Model, Balancer, Block) = (model, balancer, block);
        Forward = new BatchForward(model, losses);
        _weights = new double[losses.Length];
        _slopes = new double[losses.Length];
        _compared = new Tensor[losses.Length];
    }

    /// <summary>The combined gradient of all parameters, in block order, and room for that of what the balancer learns.</summary>
    public abstract Span<float> Gradient { get; }

    /// <summary>Inner products of the last batch's gradients; empty when they were not computed.</summary>
    public abstract ReadOnlySpan<double> Gramian { get; }

    /// <summary>Bytes of flat gradients held: the combined one, and the rows of the tasks or what stands in for them.</summary>
    public abstract long GradientBytes { get; }

    /// <summary>How the balancer's rule ended.</summary>
    public BalanceStatus Status { get; protected set; }

    /// <summary>What was seen uphill of the parameters; empty in an ordinary step.</summary>
    public virtual FlatReport Flat => default;

    public int Present => Forward.Present;

    public ReadOnlySpan<int> Active => Forward.Active;

    public ReadOnlySpan<float> Values => Forward.Values;

    public ReadOnlySpan<int> Observed => Forward.Observed;

    public Span<double> Weights => _weights.AsSpan(0, Present);

    /// <summary>[K'] what the balancer takes for the losses: f(L) when a regulariser transforms them.</summary>
    protected virtual ReadOnlySpan<float> Shown => Values;

    /// <summary>[K'] the losses themselves, or f(L).</summary>
    protected virtual ReadOnlySpan<Tensor> Objectives => Forward.Losses;

    protected MultiTaskModel Model { get; }

    protected Balancer Balancer { get; }

    protected ParameterBlock Block { get; }

    /// <summary>The batch whose losses are reported.</summary>
    protected BatchForward Forward { get; }

    /// <summary>f'(L) of every loss present, for a balancer that transforms the losses; filled by <see cref="Compared"/>.</summary>
    protected ReadOnlySpan<double> Slopes => Balancer.TransformsLosses ? _slopes.AsSpan(0, Present) : default;

    /// <summary>The kind of step that the trainer's balancer and options need.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="block">The trained values.</param>
    /// <param name="losses">[K].</param>
    /// <param name="flat">The balancer of the flat gradients, when there is one.</param>
    public static TrainingStep For(Trainer trainer, ParameterBlock block, Loss[] losses, Balancer? flat = null)
        => trainer.FlatRegions is { Rho: > 0 } regions ? new FlatRegionStep(trainer.Model, trainer.Balancer, flat, block, losses, regions)
            : (trainer.Balancer.Needs & BalancerNeeds.ThreeBatches) != 0 ? new ThreeBatchStep(trainer.Model, trainer.Balancer, block, losses)
            : (trainer.Balancer.Needs & BalancerNeeds.Bilevel) != 0 ? new BilevelStep(trainer.Model, trainer.Balancer, block, losses)
            : new SingleBatchStep(trainer, block, losses);

    /// <summary>Which parameters are reached by more than one task, found on a first batch.</summary>
    public static HashSet<string> FindShared(MultiTaskModel model, Batch batch)
    {
        using var tape = new Tape();
        var outputs = new Tensor[model.Tasks.Count];
        model.Forward(batch, outputs);
        KeyValuePair<string, Parameter>[] parameters = [.. model.NamedParameters()];
        var sums = new Tensor[outputs.Length];
        for (int k = 0; k < sums.Length; k++) sums[k] = outputs[k].Sum();
        Tensor[] leaves = [.. parameters.Select(entry => entry.Value.Leaf)];
        bool[,] reach = tape.Reach(sums, leaves);
        var shared = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < parameters.Length; i++)
        {
            int reached = 0;
            for (int k = 0; k < sums.Length; k++) reached += reach[k, i] ? 1 : 0;
            if (reached != 1 || sums.Length == 1) shared.Add(parameters[i].Key);
        }

        return shared;
    }

    /// <summary>Computes losses and gradient; false when no task has a label in this batch.</summary>
    public bool Run(in StepContext context)
    {
        if (!Compute(context)) return false;
        if (System.Numerics.Tensors.TensorPrimitives.IsFiniteAll<float>(Gradient[..Block.Layout.Count])) return true;
        throw new TrainingException($"the gradient is not finite at step {context.Step} (epoch {context.Epoch}) although every loss is; lower the learning rate or check the inputs for extreme values.");
    }

    /// <summary>Shows a balancer that asks for it what the step did to the losses of the same batch, with the same dropout.</summary>
    public void LookBack(in StepContext context)
    {
        if ((Balancer.Needs & BalancerNeeds.LossesAfterStep) == 0) return;
        int present = Present;
        Span<int> active = stackalloc int[present];
        Span<float> before = stackalloc float[present];
        Active.CopyTo(active);
        Values.CopyTo(before);
        RestartDropout(context);
        Model.FreezeStatistics(true);
        try
        {
            using (Tape.NoGradient()) Forward.Run(context.Data, context.Rows, context.Epoch, context.Step);
        }
        finally
        {
            Model.FreezeStatistics(false);
        }

        try
        {
            Balancer.AfterStep(new BalanceInput { Tasks = present, TotalTasks = Model.Tasks.Count, Active = active, Losses = before, Epoch = context.Epoch, Step = context.Step, Random = context.Random }, Values);
        }
        catch (BalancerException exception)
        {
            throw Explain(exception, context);
        }
    }

    public virtual void Dispose() => Forward.Dispose();

    /// <summary>Fills <see cref="Gradient"/>, <see cref="Weights"/> and <see cref="Status"/>; false when no task has a label.</summary>
    protected abstract bool Compute(in StepContext context);

    /// <summary>The losses whose gradients the rule compares: f(L) has the gradient f'(L) times that of L.</summary>
    protected ReadOnlySpan<Tensor> Compared(in StepContext context)
    {
        if (!Balancer.TransformsLosses) return Objectives;
        Span<double> slopes = _slopes.AsSpan(0, Present);
        Balancer.Slopes(Input(context, gramian: default), slopes);
        for (int i = 0; i < slopes.Length; i++) _compared[i] = Objectives[i] * (float)slopes[i];
        return _compared.AsSpan(0, Present);
    }

    /// <summary>Makes the next forward pass draw what the first of this step drew.</summary>
    protected void RestartDropout(in StepContext context) => Model.Random.Position = (ulong)context.Step << 32;

    /// <summary>What a balancer is shown of this step; its losses are those of the forward pass unless others are given.</summary>
    protected BalanceInput Input(in StepContext context, ReadOnlySpan<double> gramian, bool atRepresentation = false, ReadOnlySpan<float> losses = default) => new()
    {
        Tasks = Present,
        TotalTasks = Model.Tasks.Count,
        Active = Active,
        Losses = losses.IsEmpty ? Shown : losses,
        Gramian = gramian,
        AtRepresentation = atRepresentation,
        TensorStarts = Block.TensorStarts,
        ModuleStarts = Block.ModuleStarts,
        Epoch = context.Epoch,
        Step = context.Step,
        Random = context.Random,
    };

    /// <summary>The balancer's complaint, with the step and the task's name.</summary>
    protected TrainingException Explain(BalancerException exception, in StepContext context)
        => new($"step {context.Step} (epoch {context.Epoch}){(exception.TaskIndex is { } task ? $", task '{Model.Tasks[task].Name}'" : string.Empty)}: {exception.Message}", exception);
}
