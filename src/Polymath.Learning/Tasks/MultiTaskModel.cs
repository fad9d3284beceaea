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

    /// <summary>Logits (or numbers) of every task.</summary>
    /// <param name="batch">The inputs; labels are not read.</param>
    /// <param name="outputs">Receives one tensor per task, <c>[rows, task outputs]</c>.</param>
    public abstract void Forward(Batch batch, Span<Tensor> outputs);

    /// <summary>Called by <see cref="Forward"/> of a model whose heads all read one value, so that a regulariser can look at it.</summary>
    /// <param name="representation"><c>[rows, channels]</c> or <c>[rows, channels, ...]</c>.</param>
    /// <returns>The same value.</returns>
    protected Tensor Share(Tensor representation)
    {
        // Outside a record nobody can use it, and it would keep its batch alive.
        SharedRepresentation = Tape.IsRecording ? representation : default;
        return representation;
    }
}
