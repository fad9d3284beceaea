using System.Numerics.Tensors;
using Polymath.Learning.Losses;
using Polymath.Learning.Optimization;
using Polymath.Tensors;
using Tensor = Polymath.Tensors.Tensor;

namespace Polymath.Learning.Training;

/// <summary>
/// How sharp the minima are that a model lies in: by how much the loss of each task rises over one step of length rho up its own gradient,
/// L_i(w + e_i) - L_i(w), see <see cref="FlatRegions"/>.
/// </summary>
/// <example><code>
/// double[] rise = Sharpness.Measure(model, train, rho: 0.05);
/// </code></example>
public static class Sharpness
{
    private const double Smallest = 1e-12;

    /// <summary>Measures every task on all rows at once, in inference mode. The model's parameters end as they were.</summary>
    /// <param name="model">Put into inference mode.</param>
    /// <param name="data">The rows, as one batch.</param>
    /// <param name="rho">Length of the step, 0 or more.</param>
    /// <param name="adaptive">Whether it is measured in units of the weights (ASAM).</param>
    /// <returns><c>[tasks]</c>; NaN for a task without labels.</returns>
    public static double[] Measure(MultiTaskModel model, Dataset data, double rho, bool adaptive = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        if (!(rho >= 0 && double.IsFinite(rho))) throw new ArgumentOutOfRangeException(nameof(rho), rho, "expected a length of 0 or more.");
        model.Evaluate();
        int[] rows = [.. Enumerable.Range(0, data.Rows)];
        Parameter[] parameters = [.. model.NamedParameters().Select(entry => entry.Value).Where(parameter => parameter.Trainable)];
        float[][] saved = [.. parameters.Select(parameter => parameter.Value.ToArray())];
        double[] rises = new double[model.Tasks.Count];
        for (int task = 0; task < rises.Length; task++)
        {
            using var forward = new BatchForward(model, [.. model.Tasks.Select(LossFunctions.For)]);
            if (!Array.Exists(rows, row => !float.IsNaN(data.Label(row, task))))
            {
                rises[task] = double.NaN;
                continue;
            }

            Tensor loss = forward.RunTask(task, data, rows);
            double start = loss.Item();
            Move(parameters, saved, forward.Tape.Gradients([loss], [.. parameters.Select(parameter => parameter.Value)]), rho, adaptive);
            using (Tape.NoGradient()) rises[task] = forward.RunTask(task, data, rows).Item() - start;
            for (int p = 0; p < parameters.Length; p++) saved[p].CopyTo(parameters[p].Value.Span);
        }

        return rises;
    }

    private static void Move(Parameter[] parameters, float[][] saved, Tensor[] gradients, double rho, bool adaptive)
    {
        double squares = 0;
        for (int p = 0; p < parameters.Length; p++)
        {
            Span<float> gradient = gradients[p].Span;
            if (adaptive) TensorPrimitives.Multiply(gradient, saved[p], gradient);
            double norm = GradientClipping.Norm(gradient);
            squares += norm * norm;
            if (adaptive) TensorPrimitives.Multiply(gradient, saved[p], gradient);
        }

        float factor = (float)(rho / (Math.Sqrt(squares) + Smallest));
        for (int p = 0; p < parameters.Length; p++) TensorPrimitives.MultiplyAdd(gradients[p].Span, factor, saved[p], parameters[p].Value.Span);
    }
}
