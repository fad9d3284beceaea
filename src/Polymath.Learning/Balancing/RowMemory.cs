using System.Numerics;
using Polymath.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Learning.Balancing;

/// <summary>
/// A row of P floats per task of the model that a rule carries from step to step, such as a moving average of the task's gradient. Rows of
/// absent tasks are not touched. One pass updates a row and measures it, shared out over the threads by its length alone.
/// </summary>
internal sealed unsafe class RowMemory(string balancer, string name)
{
    private const int Grain = 16 * 1024;

    private TaskGradients? _rows;
    private double[] _partial = [], _weights = [];

    /// <summary>Rows there are; 0 before the first step.</summary>
    public int Tasks => _rows?.Tasks ?? 0;

    /// <summary>Zeroed rows on the first call; afterwards only a check.</summary>
    public void Prepare(int totalTasks, int parameters)
    {
        if (_rows is not null)
        {
            if (_rows.Tasks == totalTasks && _rows.Count == parameters) return;
            throw new BalancerException($"{balancer}: holds {_rows.Tasks} x {_rows.Count} values of state, found {totalTasks} tasks with {parameters} shared parameters; call Reset before using it on another model.");
        }

        _rows = new TaskGradients(totalTasks, parameters);
        _partial = new double[1 + (Math.Max(0, parameters - 1) / Grain)];
        _weights = new double[totalTasks];
    }

    /// <summary>The row of a task.</summary>
    public Span<float> Row(int task) => _rows!.Row(task);

    /// <summary>[K, K] inner products of all rows.</summary>
    public void Gramian(Span<double> destination) => _rows!.Gramian(destination);

    /// <summary>The weighted sum of the rows of the tasks present.</summary>
    public void Combine(in BalanceInput input, ReadOnlySpan<double> weights, Span<float> combined)
    {
        Array.Clear(_weights);
        for (int i = 0; i < weights.Length; i++) _weights[input.TaskOf(i)] = weights[i];
        _rows!.Combine(_weights, combined);
    }

    /// <summary>Applies the formula to a task's row; the sum of left times right, in double precision and in an order fixed by the length.</summary>
    public double Update<TRule>(TRule rule, int task, ReadOnlySpan<float> gradient)
        where TRule : struct, IRowRule
    {
        Span<float> row = Row(task);
        if (row.IsEmpty) return 0;
        fixed (float* memory = row, g = gradient[..row.Length])
        fixed (double* partial = _partial)
        {
            var body = new Body<TRule> { Rule = rule, Gradient = g, Memory = memory, Partial = partial, Count = row.Length };
            Workers.For(_partial.Length, ref body);
        }

        double sum = 0;
        for (int chunk = 0; chunk < _partial.Length && TRule.Sums; chunk++) sum += _partial[chunk];
        return sum;
    }

    /// <summary>Adds the rows to a saved state.</summary>
    public void Write(BalancerState state)
    {
        for (int task = 0; task < Tasks; task++) state.Set($"{name}.{task}", Row(task));
    }

    /// <summary>Restores what <see cref="Write"/> wrote for that many tasks.</summary>
    public void Read(BalancerState state, int totalTasks)
    {
        Forget();
        for (int task = 0; task < totalTasks; task++)
        {
            ReadOnlySpan<float> saved = state.GetSingles($"{name}.{task}");
            Prepare(totalTasks, saved.Length);
            saved.CopyTo(Row(task));
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Forget() => _rows = null;

    private struct Body<TRule> : IBody
        where TRule : struct, IRowRule
    {
        public TRule Rule;
        public float* Gradient, Memory;
        public double* Partial;
        public int Count;

        public readonly void Run(int chunk)
        {
            int i = chunk * Grain, end = Math.Min(Count, i + Grain), lanes = Vector<float>.Count;
            TRule rule = Rule;
            Vector<double> low = default, high = default;
            for (; i + lanes <= end; i += lanes)
            {
                Vector<float> memory = Vector.Load(Memory + i);
                rule.Apply(Vector.Load(Gradient + i), ref memory, out Vector<float> left, out Vector<float> right);
                memory.Store(Memory + i);
                if (TRule.Sums) Add(left, right, ref low, ref high);
            }

            // The last values, too few for a register, in a padded copy.
            if (i < end)
            {
                Vector<float> memory = Read(Memory + i, end - i);
                rule.Apply(Read(Gradient + i, end - i), ref memory, out Vector<float> left, out Vector<float> right);
                for (int lane = 0; i + lane < end; lane++) Memory[i + lane] = memory[lane];
                if (TRule.Sums) Add(left, right, ref low, ref high);
            }

            Partial[chunk] = Vector.Sum(low + high);
        }

        private static void Add(Vector<float> left, Vector<float> right, ref Vector<double> low, ref Vector<double> high)
        {
            Vector.Widen(left, out Vector<double> left0, out Vector<double> left1);
            Vector.Widen(right, out Vector<double> right0, out Vector<double> right1);
            low += left0 * right0;
            high += left1 * right1;
        }

        private static Vector<float> Read(float* values, int count)
        {
            Span<float> padded = stackalloc float[Vector<float>.Count];
            padded.Clear();
            new ReadOnlySpan<float>(values, count).CopyTo(padded);
            return new Vector<float>(padded);
        }
    }
}
