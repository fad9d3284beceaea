using Polymath.Learning.Training;
using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>A module that answers all tasks of a set for a batch.</summary>
public abstract class MultiTaskModel : Module
{
    /// <summary>A model for a set of tasks.</summary>
    protected MultiTaskModel(TaskSet tasks) => Tasks = tasks;

    /// <summary>The tasks, in the order of the outputs.</summary>
    public TaskSet Tasks { get; }

    /// <summary>
    /// What every task's head read in the last recorded forward pass, <c>[rows, channels]</c> or <c>[rows, channels, ...]</c>; empty when the model
    /// has no such single value, or nothing was recorded. Valid as long as that record.
    /// </summary>
    public Tensor SharedRepresentation { get; private set; }

    /// <summary>
    /// A loss of the model's own from the last recorded forward pass in training, one element: its gradient is added with weight 1 whatever the
    /// balancer does with the tasks. Empty when the model has none. Valid as long as that record.
    /// </summary>
    public Tensor Penalty { get; private set; }

    /// <summary>Whether training has a <see cref="Penalty"/>, with the model's options as they are.</summary>
    public virtual bool Penalizes => false;

    /// <summary>Whether an answer depends on the other rows of its batch, also in inference.</summary>
    public virtual bool RowsInteract => false;

    /// <summary>Logits (or numbers) of every task.</summary>
    /// <param name="batch">The inputs; labels are not read.</param>
    /// <param name="outputs">Receives one tensor per task, <c>[rows, task outputs]</c>.</param>
    public abstract void Forward(Batch batch, Span<Tensor> outputs);

    /// <summary>Checks labels that mean something to the model together, such as the steps of a funnel. Does nothing unless overridden.</summary>
    /// <param name="data">Rows to train on or to stop by.</param>
    /// <exception cref="TrainingException">Names the row and the tasks.</exception>
    public virtual void RequireLabels(Dataset data)
    {
    }

    /// <summary>Called by <see cref="Forward"/> of a model whose heads all read one value, so that a regulariser can look at it.</summary>
    /// <param name="representation"><c>[rows, channels]</c> or <c>[rows, channels, ...]</c>.</param>
    /// <returns>The same value.</returns>
    protected Tensor Share(Tensor representation)
    {
        // Outside a record nobody can use it, and it would keep its batch alive.
        SharedRepresentation = Tape.IsRecording ? representation : default;
        return representation;
    }

    /// <summary>Called by <see cref="Forward"/> of a model with a loss of its own, in every pass.</summary>
    /// <param name="penalty">One element, weighted as it is to be added; empty for none.</param>
    protected void Penalize(Tensor penalty) => Penalty = Training && Tape.IsRecording ? penalty : default;
}
