using Polymath.Tensors;

namespace Polymath.Learning.Balancing;

/// <summary>What a balancer is shown in one step. Row i belongs to the i-th task that has labels in this batch.</summary>
/// <example><code>
/// var input = new BalanceInput { Losses = [0.7f, 1.2f], Gramian = [1.0, -0.5, -0.5, 2.0] };
/// double[] weights = new double[2];
/// BalanceStatus status = new UPGrad().Weigh(input, weights);
/// </code></example>
public readonly ref struct BalanceInput
{
    private readonly int _tasks, _totalTasks;

    /// <summary>K', the number of tasks present in this step; the number of losses unless set.</summary>
    public int Tasks
    {
        get => _tasks > 0 ? _tasks : Losses.Length;
        init => _tasks = value;
    }

    /// <summary>[K'] index of each present task in the full task list; empty when all tasks are present in order.</summary>
    public ReadOnlySpan<int> Active { get; init; }

    /// <summary>K, the number of tasks of the model; <see cref="Tasks"/> unless set.</summary>
    public int TotalTasks
    {
        get => _totalTasks > 0 ? _totalTasks : Tasks;
        init => _totalTasks = value;
    }

    /// <summary>[K'] raw losses.</summary>
    public ReadOnlySpan<float> Losses { get; init; }

    /// <summary>[K', K'] row-major inner products of the task gradients; empty unless needed.</summary>
    public ReadOnlySpan<double> Gramian { get; init; }

    /// <summary>
    /// Whether rows and inner products are those of the shared representation: a rule that rescales gradients before it compares them then
    /// combines the originals.
    /// </summary>
    public bool AtRepresentation { get; init; }

    /// <summary>First element of every shared parameter tensor within a row, increasing from 0; empty when a row is one piece.</summary>
    public ReadOnlySpan<int> TensorStarts { get; init; }

    /// <summary>First element of every module's parameters within a row, increasing from 0; empty when a row is one piece.</summary>
    public ReadOnlySpan<int> ModuleStarts { get; init; }

    /// <summary>Zero-based epoch.</summary>
    public int Epoch { get; init; }

    /// <summary>Zero-based optimiser step.</summary>
    public long Step { get; init; }

    /// <summary>The stream that random rules draw from; may be null for the others.</summary>
    public RandomStream? Random { get; init; }

    /// <summary>Index in the full task list of the task of one row.</summary>
    /// <param name="row">Row in [0, <see cref="Tasks"/>).</param>
    public int TaskOf(int row) => Active.IsEmpty ? row : Active[row];

    /// <summary>Checks sizes, task indices and that every number a rule reads is finite.</summary>
    /// <param name="name">The balancer's name, for the message.</param>
    /// <param name="needs">What the balancer reads.</param>
    /// <exception cref="BalancerException">Something is missing or not finite; a bad value names its task.</exception>
    public void Require(string name, BalancerNeeds needs)
    {
        int tasks = Tasks;
        if (tasks < 1) throw new BalancerException($"{name}: the step has 0 tasks, expected at least 1; skip steps in which no task has labels.");
        RequireActive(name, tasks);
        if ((needs & BalancerNeeds.Losses) != 0 || !Losses.IsEmpty)
        {
            if (Losses.Length != tasks) throw new BalancerException($"{name}: found {Losses.Length} losses for {tasks} tasks, expected one per task.");
            for (int i = 0; i < tasks; i++)
            {
                if (!float.IsFinite(Losses[i])) throw new BalancerException($"{name}: the loss of task {TaskOf(i)} is {Losses[i]}, expected a finite number; lower the learning rate or check that task's targets.", TaskOf(i));
            }
        }

        if ((needs & BalancerNeeds.Gramian) != 0) RequireGramian(name, tasks);
    }

    private void RequireActive(string name, int tasks)
    {
        if (Active.IsEmpty)
        {
            if (tasks > TotalTasks) throw new BalancerException($"{name}: {tasks} tasks are present, expected at most the {TotalTasks} of the model.");
            return;
        }

        if (Active.Length != tasks) throw new BalancerException($"{name}: found {Active.Length} active indices for {tasks} tasks, expected one per task.");
        for (int i = 0; i < tasks; i++)
        {
            if (Active[i] < 0 || Active[i] >= TotalTasks || (i > 0 && Active[i] <= Active[i - 1]))
            {
                throw new BalancerException($"{name}: active index {Active[i]} at position {i} is out of order or range, expected increasing indices in [0, {TotalTasks}).");
            }
        }
    }

    private void RequireGramian(string name, int tasks)
    {
        if (Gramian.Length != tasks * tasks) throw new BalancerException($"{name}: the Gramian has {Gramian.Length} elements, expected {tasks} x {tasks}; fill it with TaskGradients.Gramian.");
        for (int pass = 0; pass < 2; pass++)
        {
            // Diagonal first: one task's NaN spreads over its whole row and column, and only the diagonal says whose it is.
            for (int i = 0; i < tasks; i++)
            {
                for (int j = pass == 0 ? i : 0; j < (pass == 0 ? i + 1 : tasks); j++)
                {
                    double value = Gramian[(i * tasks) + j];
                    if (double.IsFinite(value) && (i != j || value >= 0)) continue;
                    throw new BalancerException($"{name}: the gradient of task {TaskOf(i)} is not finite (its inner product is {value}); lower the learning rate, clip gradients or check that task's inputs.", TaskOf(i));
                }
            }
        }
    }
}
