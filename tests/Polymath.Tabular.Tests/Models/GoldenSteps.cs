using Polymath.Learning;
using Polymath.Learning.Optimization;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Steps of an optimiser on the sum of all tasks' losses.</summary>
internal static class GoldenSteps
{
    /// <param name="model">Its parameters move.</param>
    /// <param name="optimizer">The optimiser.</param>
    /// <param name="steps">How many.</param>
    /// <param name="forward">The losses of a step, one per task.</param>
    /// <param name="check">Told their values, before the step.</param>
    public static void Run(MultiTaskModel model, Optimizer optimizer, int steps, Func<int, Tensor[]> forward, Action<int, double[]> check)
    {
        Parameter[] parameters = [.. model.NamedParameters().Select(entry => entry.Value)];
        var layout = new ParameterLayout(parameters.Select(parameter => parameter.Value), []);
        var rows = new TaskGradients(model.Tasks.Count, layout);
        float[] block = new float[layout.Count], gradient = new float[layout.Count];
        double[] weights = [.. Enumerable.Repeat(1.0, model.Tasks.Count)];
        optimizer.Prepare(layout.Count);
        for (int step = 0; step < steps; step++)
        {
            using var tape = new Tape();
            Tensor[] losses = forward(step);
            check(step, [.. losses.Select(loss => (double)loss.Item())]);
            tape.Backward(losses, rows);
            rows.Combine(weights, gradient);
            Move(toBlock: true);
            optimizer.Step(block, gradient);
            Move(toBlock: false);
        }

        void Move(bool toBlock)
        {
            int offset = 0;
            foreach (Parameter parameter in parameters)
            {
                Span<float> part = block.AsSpan(offset, parameter.Shape.Length);
                if (toBlock) parameter.Value.Span.CopyTo(part);
                else part.CopyTo(parameter.Value.Span);
                offset += part.Length;
            }
        }
    }
}
