using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>A module that answers all tasks of a set for a batch.</summary>
public abstract class MultiTaskModel : Module
{
    /// <summary>A model for a set of tasks.</summary>
    protected MultiTaskModel(TaskSet tasks) => Tasks = tasks;

    /// <summary>The tasks, in the order of the outputs.</summary>
    public TaskSet Tasks { get; }

    /// <summary>Logits (or numbers) of every task.</summary>
    /// <param name="batch">The inputs; labels are not read.</param>
    /// <param name="outputs">Receives one tensor per task, <c>[rows, task outputs]</c>.</param>
    public abstract void Forward(Batch batch, Span<Tensor> outputs);
}
