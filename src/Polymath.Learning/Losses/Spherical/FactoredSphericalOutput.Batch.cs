namespace Polymath.Learning.Losses;

// From the three statistics of each example to its loss and their gradients, and what a batch must be.
public sealed partial class FactoredSphericalOutput
{
    /// <summary>Fills the gradients of the step and returns the batch's loss.</summary>
    private double Differentiate()
    {
        FactoredStep step = Matrix.Step;
        int each = step.TargetsEach;
        double total = 0, scale = Options.Reduction == LossReduction.Mean ? 1.0 / step.Examples : 1;
        for (int j = 0; j < step.Examples; j++)
        {
            Span<double> gradients = step.TargetGradients.Slice(j * each, each);
            double loss = Loss.Evaluate(step.TargetOutputs.Slice(j * each, each), step.Squares[j], step.Sums[j], Classes, gradients, out double squares, out double sum), check = loss + squares + sum;
            foreach (ref double gradient in gradients)
            {
                check += gradient;
                gradient *= scale;
            }

            if (!double.IsFinite(check)) throw new FactoredOutputException($"{Name}: found the loss {loss} with derivatives {squares} and {sum} of squares and sum for example {j}, expected finite numbers; lower the learning rate or check the loss function.", j);
            step.SquaresGradients[j] = squares * scale;
            step.SumGradients[j] = sum * scale;
            total += loss * scale;
        }

        return total;
    }

    private void RequireBatch(ReadOnlySpan<float> hidden, ReadOnlySpan<int> targets, int examples)
    {
        if (examples == 0 || examples * Hidden != hidden.Length) throw new FactoredOutputException($"{Name}: found {hidden.Length} hidden values, expected a positive multiple of {Hidden}, one row per example.");
        if (targets.Length < examples || targets.Length % examples != 0) throw new FactoredOutputException($"{Name}: found {targets.Length} targets for {examples} examples, expected the same number, 1 or more, for each.");
        int each = targets.Length / examples;
        Loss.RequireTargets(each);
        for (int i = 0; i < targets.Length; i++)
        {
            if ((uint)targets[i] >= (uint)Classes) throw new FactoredOutputException($"{Name}: found target {targets[i]} of example {i / each}, expected a class in [0, {Classes}).", i / each);
            if (i % each > 0 && targets[i] <= targets[i - 1])
                throw new FactoredOutputException($"{Name}: found target {targets[i]} after {targets[i - 1]} in example {i / each}, expected ascending distinct classes; sort them and drop repeats.", i / each);
        }

        RequireFinite(hidden);
    }

    private void RequireFinite(ReadOnlySpan<float> hidden)
    {
        for (int i = 0; i < hidden.Length; i++)
        {
            if (!float.IsFinite(hidden[i])) throw new FactoredOutputException($"{Name}: found {hidden[i]} in the hidden layer of example {i / Hidden}, feature {i % Hidden}, expected finite numbers; look for a division or a learning rate that is too large in the layers below.", i / Hidden);
        }
    }
}
