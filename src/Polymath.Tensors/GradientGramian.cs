using Polymath.Tensors.Kernels;

namespace Polymath.Tensors;

/// <summary>
/// The K x K inner products of the task gradients with respect to the shared parameters, added up parameter by parameter while the sweep
/// runs. The K x P rows never exist: what is needed at once is K times the largest parameter. A rule that reads only the inner products
/// then needs one more sweep, of the weighted sum.
/// </summary>
/// <example><code>
/// Tensor w = Tensor.FromArray([3f, 4f], 2).WithGradient();
/// var gramian = new GradientGramian(2, new ParameterLayout([w], []));
/// using var tape = new Tape();
/// tape.Backward([w.Sum(), (w * w).Sum()], gramian);   // gradients [1, 1] and [6, 8]
/// double[] values = gramian.Values.ToArray();         // [2, 14, 14, 100]
/// </code></example>
public sealed unsafe class GradientGramian : IGradientSink
{
    private readonly ParameterLayout _layout;
    private readonly TaskGradients _own;
    private readonly double[] _values;
    private double[] _part = [];

    /// <summary>Inner products for <paramref name="tasks"/> losses, and one row for the parameters that a single task reaches.</summary>
    /// <param name="tasks">K, at least 1.</param>
    /// <param name="layout">Where each parameter lies.</param>
    public GradientGramian(int tasks, ParameterLayout layout)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tasks);
        ArgumentNullException.ThrowIfNull(layout);
        (_layout, Tasks, Capacity) = (layout, tasks, tasks);
        _values = new double[tasks * tasks];
        _own = TaskGradients.OfOwn(layout);
    }

    /// <summary>K, the number of losses.</summary>
    public int Tasks { get; private set; }

    /// <summary>The most losses there is room for.</summary>
    public int Capacity { get; }

    /// <summary>The inner products, [K, K] row-major and symmetric: products and sums in double precision.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(0, Tasks * Tasks);

    /// <summary>The gradient of the parameters that a single task reaches, each from that task's loss.</summary>
    public Span<float> Own => _own.Own;

    /// <summary>Uses fewer losses, for a step in which some tasks have no labels.</summary>
    /// <param name="tasks">K', in [1, <see cref="Capacity"/>].</param>
    public void Use(int tasks)
    {
        if (tasks < 1 || tasks > Capacity) throw new ArgumentOutOfRangeException(nameof(tasks), tasks, $"GradientGramian: expected 1 to {Capacity} losses.");
        Tasks = tasks;
    }

    /// <summary>Multiplies the gradient of every single task's parameters by that task's factor.</summary>
    /// <param name="factors">[K], in the order of the losses.</param>
    public void ScaleOwn(ReadOnlySpan<double> factors) => _own.ScaleOwn(factors);

    bool IGradientSink.Holds(Node leaf) => _layout.TryFind(leaf, out _);

    bool IGradientSink.WantsWhole(Node leaf) => _layout.TryFind(leaf, out ParameterLayout.Entry entry) && entry.Shared;

    ParameterPlace IGradientSink.Place(Node leaf, RowSet rows, int first) => _own.Place(leaf, rows, first);

    void IGradientSink.Accumulate(Node leaf, RowSet rows, Tensor gradient)
    {
        if (_layout.TryFind(leaf, out ParameterLayout.Entry entry) && entry.Shared) AddRows(rows, gradient);
        else _own.Accumulate(leaf, rows, gradient);
    }

    void IGradientSink.Begin()
    {
        Array.Clear(_values);
        _own.Begin();
    }

    void IGradientSink.End() => _own.End();

    /// <summary>Adds the inner products of complete gradients <c>[rows, ...]</c>.</summary>
    internal void AddRows(RowSet rows, Tensor gradient)
    {
        int count = rows.Count, length = gradient.Shape.Length / count;
        Span<double> part = Part(count);
        fixed (double* sums = part) Reduce.Gramian(gradient.Node.Pointer, count, length, length, sums);
        Add(rows, part);
    }

    /// <summary>
    /// Adds the inner products of the gradients D_i^T X of a layer's weight without making them:
    /// &lt;D_i^T X, D_j^T X&gt; = sum over b, c of (X X^T)[b, c] (D_i D_j^T)[b, c].
    /// </summary>
    /// <param name="rows">The tasks.</param>
    /// <param name="cotangents">D, <c>[tasks, batch, outputs]</c>.</param>
    /// <param name="input">X, <c>[batch, inputs]</c>.</param>
    internal void AddLayer(RowSet rows, Tensor cotangents, Tensor input)
    {
        int count = rows.Count, batch = input.Shape[0], inputs = input.Shape[1], outputs = cotangents.Shape[-1];
        Tensor similarity = input.MatMul(input, transposeRight: true), pairs = new(Tensor.Allocate(new Shape(batch, batch)));
        Span<double> part = Part(count);
        float* d = cotangents.Node.Pointer, s = pairs.Node.Pointer;
        nint size = (nint)batch * outputs;
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                Gemm.Multiply(false, true, batch, batch, outputs, d + (i * size), outputs, d + (j * size), outputs, s, batch, accumulate: false);
                double sum = DoubleSum.Dot(s, similarity.Node.Pointer, batch * batch);
                part[(i * count) + j] = part[(j * count) + i] = sum;
            }
        }

        Add(rows, part);
    }

    private Span<double> Part(int count)
    {
        if (_part.Length < count * count) _part = new double[Capacity * Capacity];
        return _part.AsSpan(0, count * count);
    }

    private void Add(RowSet rows, ReadOnlySpan<double> part)
    {
        for (int i = 0; i < rows.Count; i++)
        {
            for (int j = 0; j < rows.Count; j++) _values[(rows.Rows[i] * Tasks) + rows.Rows[j]] += part[(i * rows.Count) + j];
        }
    }
}
