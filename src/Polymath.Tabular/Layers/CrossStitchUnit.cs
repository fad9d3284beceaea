using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// a~_t = sum_j alpha_tj a_j: each task's activations become a learned mixture of all tasks' (Misra et al. 2016, eq. 1), with one scalar
/// per pair of tasks. Parameter: <c>alpha</c> <c>[tasks, tasks]</c>. The paper trains alpha with a 100 to 1000 times larger learning rate.
/// </summary>
/// <example><code>
/// var unit = new CrossStitchUnit(2);   // alpha = [[0.9, 0.1], [0.1, 0.9]]
/// Tensor[] mixed = new Tensor[2];
/// unit.Forward([Tensor.Ones(3, 4), Tensor.Zeros(3, 4)], mixed);   // 0.9 and 0.1 everywhere
/// </code></example>
public sealed class CrossStitchUnit : Module
{
    /// <summary>A unit.</summary>
    /// <param name="tasks">T, at least 1.</param>
    /// <param name="init">The first values.</param>
    /// <param name="same">alpha_tt of the convex start, in [0, 1].</param>
    public CrossStitchUnit(int tasks, CrossStitchInit init = CrossStitchInit.Convex, float same = 0.9f)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tasks, 1);
        if (same is not (>= 0f and <= 1f)) throw new ArgumentOutOfRangeException(nameof(same), same, "CrossStitchUnit: expected a share in [0, 1].");
        Tensor alpha = Tensor.Ones(tasks, tasks);
        if (init == CrossStitchInit.Convex && tasks > 1)
        {
            alpha.Span.Fill((1f - same) / (tasks - 1));
            for (int t = 0; t < tasks; t++) alpha.Span[t * (tasks + 1)] = same;
        }

        Alpha = Register("alpha", alpha);
    }

    /// <summary>alpha, <c>[tasks, tasks]</c>: row t mixes the input of task t's next layer.</summary>
    public Parameter Alpha { get; }

    /// <summary>Number of tasks.</summary>
    public int Tasks => Alpha.Shape[0];

    /// <summary>Mixes activations.</summary>
    /// <param name="inputs">a_1, ..., a_T, each <c>[rows, width]</c>.</param>
    /// <param name="outputs">Receives a~_1, ..., a~_T of the same shape.</param>
    public void Forward(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        if (inputs.Length != Tasks || outputs.Length != Tasks) throw new TensorException($"CrossStitchUnit: found {inputs.Length} inputs and room for {outputs.Length} outputs, expected {Tasks} each.");
        for (int t = 0; t < Tasks; t++) outputs[t] = Fused.Mixture(Alpha.Value.Slice(0, t, 1).BroadcastTo(inputs[0].Shape[0], Tasks), inputs);
    }
}
