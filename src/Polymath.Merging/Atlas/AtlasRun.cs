using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Merging;

/// <summary>An objective at work: the losses of its steps, and its judgement of an epoch.</summary>
internal abstract class AtlasRun : ICoefficientLoss
{
    /// <summary>Steps of an epoch when the options name none.</summary>
    public abstract int StepsPerEpoch { get; }

    /// <inheritdoc/>
    public abstract int Count { get; }

    /// <summary>What may go wrong, known before the first step.</summary>
    public virtual IReadOnlyList<string> Warnings => [];

    /// <summary>Called before the first step of each epoch.</summary>
    public abstract void BeginEpoch();

    /// <inheritdoc/>
    public abstract int Record(int step, Span<Tensor> losses, Span<double> weights);

    /// <inheritdoc/>
    public abstract string Describe(int loss);

    /// <summary>How good the network is as it stands.</summary>
    /// <param name="zeroShot">The judgement at c = 0, null when this is it.</param>
    public abstract AtlasJudgement Judge(AtlasJudgement? zeroShot);

    /// <summary>Steps of one pass over so many rows.</summary>
    protected static int Pass(int rows, int batch) => (rows + batch - 1) / batch;
}
