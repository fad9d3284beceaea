using System.Numerics;
using Polymath.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Learning.Balancing;

/// <summary>
/// For every parameter, drops the largest and the smallest gradients and averages the rest
/// (Yin et al., "Byzantine-Robust Distributed Learning: Towards Optimal Statistical Rates", ICML 2018, definition 2).
/// </summary>
/// <remarks>
/// Per column, the b largest and the b smallest of the K values are dropped; at least 2 b + 1 tasks are needed. The reported weights are 1/K'.
/// <para>Parameters: trim = 1, the number b.</para>
/// <para>Reference: TorchJD@46962c2 aggregation/_trimmed_mean.py. Differs: sums in double precision; where so many tasks of a large enough
/// model are absent that fewer than 2 b + 1 remain, as many are dropped as leave one.</para>
/// </remarks>
/// <example><code>var balancer = new TrimmedMean(trim: 2);</code></example>
public sealed unsafe class TrimmedMean : Balancer
{
    private const int DefaultTrim = 1, Grain = 4 * 1024;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "trimmed-mean",
        "Trimmed mean",
        BalancerNeeds.Gradients,
        "Yin, Chen, Ramchandran, Bartlett: Byzantine-Robust Distributed Learning: Towards Optimal Statistical Rates, ICML 2018",
        [new BalancerParameter("trim", BalancerParameterKind.Integer, "1", "Values dropped at either end; 2 trim + 1 tasks are needed.") { Minimum = 0, Maximum = 1_000_000 }],
        arguments => new TrimmedMean(arguments.Integer("trim")))
    {
        MinimumTasks = (2 * DefaultTrim) + 1,
    };

    /// <summary>Trimmed mean.</summary>
    /// <param name="trim">Values dropped at either end, in [0, 1000000].</param>
    public TrimmedMean(int trim = DefaultTrim) => Trim = (int)Descriptor.Parameter("trim").Check(Descriptor.Name, trim);

    /// <summary>Values dropped at either end.</summary>
    public int Trim { get; }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(Trim);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Descriptor.Needs;

    /// <summary>The rule: the mean of every column without its largest and smallest values.</summary>
    /// <param name="rows">K rows.</param>
    /// <param name="trim">b, with 2 b + 1 at most K.</param>
    /// <param name="combined">As long as the rows, overwritten.</param>
    public static void Average(TaskGradients rows, int trim, Span<float> combined)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfNotEqual(combined.Length, rows.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((2 * (long)trim) + 1, rows.Tasks, nameof(trim));
        if (rows.Count == 0) return;
        fixed (float* first = rows.Row(0), target = combined)
        {
            var body = new Body { Rows = first, Target = target, Stride = rows.Stride, Tasks = rows.Tasks, Trim = trim, Count = rows.Count };
            Workers.For(1 + ((rows.Count - 1) / Grain), ref body);
        }
    }

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights) => throw NeedsRows();

    /// <inheritdoc/>
    public override BalanceStatus Combine(in BalanceInput input, TaskGradients rows, Span<float> combined, Span<double> weights)
    {
        RequireRows(input, rows, combined, weights);
        int n = weights.Length;
        long needed = (2 * (long)Trim) + 1;
        if (input.TotalTasks < needed) throw new BalancerException($"{Name}: the model has {input.TotalTasks} tasks, expected at least {needed} (2 trim + 1); lower trim.");
        Average(rows, Math.Min(Trim, (n - 1) / 2), combined);
        weights.Fill(1.0 / n);
        return n < needed ? BalanceStatus.Degenerate : BalanceStatus.Converged;
    }

    private struct Body : IBody
    {
        public float* Rows, Target;
        public nint Stride;
        public int Tasks, Trim, Count;

        public readonly void Run(int chunk)
        {
            int i = chunk * Grain, end = Math.Min(Count, i + Grain), lanes = Vector<float>.Count;
            Span<float> column = Tasks * lanes <= 4096 ? stackalloc float[Tasks * lanes] : new float[Tasks * lanes];
            fixed (float* values = column)
            {
                for (; i < end; i += lanes)
                {
                    int width = Math.Min(lanes, end - i);
                    column.Clear();
                    for (int k = 0; k < Tasks; k++) new ReadOnlySpan<float>(Rows + (k * Stride) + i, width).CopyTo(column.Slice(k * lanes, width));
                    Drop(values, lanes);
                    Vector<float> mean = Mean(values, lanes);
                    for (int lane = 0; lane < width; lane++) Target[i + lane] = mean[lane];
                }
            }
        }

        // Bubbles the largest to the end, then the smallest to the front, as often as there are values to drop: all lanes at once.
        private readonly void Drop(float* values, int lanes)
        {
            for (int round = 0; round < Trim; round++)
            {
                for (int k = round; k < Tasks - 1 - round; k++) Order(values + (k * lanes), values + ((k + 1) * lanes));
                for (int k = Tasks - 2 - round; k > round; k--) Order(values + ((k - 1) * lanes), values + (k * lanes));
            }
        }

        private readonly Vector<float> Mean(float* values, int lanes)
        {
            int kept = Tasks - (2 * Trim);
            Vector<double> low = default, high = default;
            for (int k = Trim; k < Tasks - Trim; k++)
            {
                Vector.Widen(Vector.Load(values + (k * lanes)), out Vector<double> left, out Vector<double> right);
                low += left;
                high += right;
            }

            var count = new Vector<double>(kept);
            return Vector.Narrow(low / count, high / count);
        }

        private static void Order(float* first, float* second)
        {
            Vector<float> a = Vector.Load(first), b = Vector.Load(second);
            Vector.Min(a, b).Store(first);
            Vector.Max(a, b).Store(second);
        }
    }
}
