using Polymath.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Polymath.Learning.Regularization;

/// <summary>
/// The gradient of <see cref="RepMtlRegularizer"/> from first-order sweeps only. With v_t = dR/dS_t held constant, the gradient through the
/// saliencies is the mixed Hessian-vector product d/d(Z, phi) &lt;v_t, df_t/dZ&gt; = [grad f_t(Z + h v_t) - grad f_t(Z - h v_t)] / 2h, exact to O(h^2): two more
/// passes through each head and none through the encoder.
/// </summary>
/// <remarks>
/// It serves heads with an operation that cannot be differentiated twice, and as a check of the recorded sweep. A head must do the same every
/// time it is called: the same dropout mask, and batch statistics that are not counted again. A task of its own (T = 1) gets the gradient of f_t.
/// </remarks>
/// <example><code>
/// RepMtlGradient gradient = RepMtlFiniteDifference.Differentiate(regularizer, (z, t) => losses[t](heads[t].Forward(z)), 2, z, parameters);
/// tape.Backward(z, gradient.Representation.Unsqueeze(0), into);      // the encoder
/// </code></example>
public static class RepMtlFiniteDifference
{
    private const double RelativeStep = 1e-3, SmallestRms = 1e-12;

    /// <summary>The gradient at one representation.</summary>
    /// <param name="regularizer">Its weights, temperature and transformation.</param>
    /// <param name="loss">L_t, one element, of a representation and a task's position.</param>
    /// <param name="tasks">T, at least 1.</param>
    /// <param name="representation">Z, <c>[batch, channels, ...]</c>; only read.</param>
    /// <param name="parameters">The parameters of the heads.</param>
    /// <exception cref="RegularizerException">A loss is outside the domain of f, or the representation is not as expected.</exception>
    public static RepMtlGradient Differentiate(RepMtlRegularizer regularizer, Func<Tensor, int, Tensor> loss, int tasks, Tensor representation, ReadOnlySpan<Tensor> parameters)
    {
        ArgumentNullException.ThrowIfNull(regularizer);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentOutOfRangeException.ThrowIfLessThan(tasks, 1);
        Tensor[] inputs = new Tensor[parameters.Length + 1];
        parameters.CopyTo(inputs.AsSpan(1));
        Tensor z = Copy(representation);
        Tensor[] gradients = new Tensor[inputs.Length];
        Tensor[] saliencies = new Tensor[tasks];
        for (int t = 0; t < tasks; t++)
        {
            Tensor[] first = FirstOrder(regularizer, loss, t, z, inputs);
            saliencies[t] = first[0];
            for (int i = 0; i < inputs.Length; i++)
            {
                if (gradients[i].IsEmpty) gradients[i] = Copy(first[i]);
                else Add(gradients[i], first[i], 1f);
            }
        }

        if (tasks == 1) return new RepMtlGradient(gradients[0], gradients[1..], 0f, float.NaN);
        (Tensor direction, float tsr, float csa) = Direction(regularizer, saliencies);
        double rms = Rms(z.Span);
        for (int t = 0; t < tasks; t++)
        {
            Tensor v = direction.Select(0, t);
            float step = (float)(RelativeStep * Math.Max(1, rms) / Math.Max(Rms(v.Span), SmallestRms));
            Tensor ahead = Copy(z), behind = Copy(z);
            Add(ahead, v, step);
            Add(behind, v, -step);
            Tensor[] plus = FirstOrder(regularizer, loss, t, ahead, inputs), minus = FirstOrder(regularizer, loss, t, behind, inputs);
            for (int i = 0; i < inputs.Length; i++)
            {
                Add(gradients[i], plus[i], 0.5f / step);
                Add(gradients[i], minus[i], -0.5f / step);
            }
        }

        return new RepMtlGradient(gradients[0], gradients[1..], tsr, csa);
    }

    /// <summary>The gradient of f_t with respect to the representation and every parameter.</summary>
    private static Tensor[] FirstOrder(RepMtlRegularizer regularizer, Func<Tensor, int, Tensor> loss, int task, Tensor z, Tensor[] inputs)
    {
        using var tape = new Tape();
        inputs[0] = z.WithGradient();
        Tensor[] gradients = tape.Gradients([regularizer.Objective(loss(inputs[0], task), task)], inputs);
        return [.. gradients.Select((gradient, i) => gradient.Reshape(inputs[i].Shape).Keep())];
    }

    /// <summary>v = dR/dS, <c>[tasks, ...representation shape]</c>, within the clip.</summary>
    private static (Tensor V, float Tsr, float Csa) Direction(RepMtlRegularizer regularizer, Tensor[] saliencies)
    {
        using var tape = new Tape();
        Tensor s = Tensor.Stack(saliencies).WithGradient();
        RepMtlTerms terms = RepMtl.Terms(s, regularizer.Tau, regularizer.Reduction);
        Tensor v = tape.Gradient(regularizer.Weigh(terms), s).Keep();
        TensorPrimitives.Multiply(v.Span, (float)regularizer.ClippingOf(RepMtlReport.Norm(v.Span)), v.Span);
        return (v, terms.Tsr.Item(), terms.Csa.IsEmpty ? float.NaN : terms.Csa.Item());
    }

    private static double Rms(ReadOnlySpan<float> values) => RepMtlReport.Norm(values) / Math.Sqrt(values.Length);

    private static Tensor Copy(Tensor source) => Tensor.FromArray(source.Span, source.Shape.Axis);

    private static void Add(Tensor to, Tensor what, float factor) => TensorPrimitives.MultiplyAdd(what.Span, factor, to.Span, to.Span);
}
