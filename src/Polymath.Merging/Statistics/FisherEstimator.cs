using Polymath.Learning;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Merging.Statistics;

/// <summary>Estimates the diagonal of the Fisher information of a network: how much its predictions depend on each weight. A few hundred examples are enough.</summary>
/// <remarks>The network predicts as in evaluation (no dropout, running statistics); its weights do not change.</remarks>
/// <example><code>
/// ModelState fisher = FisherEstimator.Classification(network, batches, network.Forward);
/// fisher.Save("fisher.safetensors");   // for the method "fisher" of a configuration
/// </code></example>
public static class FisherEstimator
{
    /// <summary>Fisher values of a classifier; no labels are needed.</summary>
    /// <param name="module">Whose weights are measured.</param>
    /// <param name="batches">Inputs, examples along the first axis.</param>
    /// <param name="logits">From inputs to logits <c>[examples, classes]</c>.</param>
    /// <param name="rule">The estimate.</param>
    /// <returns>A value of zero or more per weight, the mean over examples.</returns>
    /// <exception cref="MergeException">There are no examples.</exception>
    public static ModelState Classification(Module module, IEnumerable<Tensor> batches, Func<Tensor, Tensor> logits, FisherRule rule = FisherRule.PerExample)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ArgumentNullException.ThrowIfNull(logits);
        return Estimate(module, batches.Select(batch => (batch, batch.Shape[0])), (batch, sum) =>
        {
            if (rule == FisherRule.BatchSum)
            {
                using var tape = new Tape();
                Tensor log = logits(batch).LogSoftmax();
                sum(tape, [(log.Exp().Sqrt().Detach() * log).Sum()], [1f]);
                return;
            }

            for (int example = 0; example < batch.Shape[0]; example++)
            {
                using var tape = new Tape();
                Tensor log = logits(batch.Slice(0, example, 1)).LogSoftmax();
                int classes = log.Shape.Length;
                Tensor flat = log.Reshape(classes);
                sum(tape, [.. Enumerable.Range(0, classes).Select(label => flat.Slice(0, label, 1))], [.. log.ToArray().Select(MathF.Exp)]);
            }
        });
    }

    /// <summary>Squared gradients of a regressor's mean squared error, one per batch.</summary>
    /// <param name="module">Whose weights are measured.</param>
    /// <param name="batches">Inputs with the targets of the same examples; batches of one example give the estimate of each example.</param>
    /// <param name="predict">From inputs to predictions of the targets' shape.</param>
    /// <returns>A value of zero or more per weight, summed over batches and divided by the number of examples.</returns>
    /// <exception cref="MergeException">There are no examples.</exception>
    public static ModelState Regression(Module module, IEnumerable<(Tensor Inputs, Tensor Targets)> batches, Func<Tensor, Tensor> predict)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ArgumentNullException.ThrowIfNull(predict);
        return Estimate(module, batches.Select(batch => (batch, batch.Inputs.Shape[0])), (batch, sum) =>
        {
            using var tape = new Tape();
            Tensor off = predict(batch.Inputs) - batch.Targets;
            sum(tape, [(off * off).Mean()], [1f]);
        });
    }

    // Adds weighted squares of the gradients of some values, batch by batch, and divides by the examples.
    private static ModelState Estimate<TBatch>(Module module, IEnumerable<(TBatch Batch, int Examples)> batches, Action<TBatch, Action<Tape, Tensor[], float[]>> run)
    {
        ArgumentNullException.ThrowIfNull(module);
        Tensor[] weights = [.. module.NamedParameters().Select(entry => entry.Value.Value)];
        double[][] squares = [.. weights.Select(weight => new double[weight.Shape.Length])];
        long examples = 0;
        bool training = module.Training;
        module.Evaluate();
        foreach ((TBatch batch, int count) in batches)
        {
            run(batch, (tape, values, factors) => Add(tape, values, factors, weights, squares));
            examples += count;
        }

        if (training) module.Train();
        if (examples == 0) throw new MergeException("there are no examples to estimate Fisher values from, expected one or more; a few hundred are enough.");
        return ModelState.From(module).Map((tensor, _) => Array.ConvertAll(squares[tensor], square => (float)(square / examples)));
    }

    private static void Add(Tape tape, Tensor[] values, float[] factors, Tensor[] weights, double[][] squares)
    {
        Tensor[] gradients = tape.Gradients(values, weights);
        for (int weight = 0; weight < weights.Length; weight++)
        {
            ReadOnlySpan<float> all = gradients[weight].Span;
            double[] sum = squares[weight];
            for (int value = 0; value < values.Length; value++)
            {
                ReadOnlySpan<float> gradient = all.Slice(value * sum.Length, sum.Length);
                for (int i = 0; i < sum.Length; i++) sum[i] += (double)factors[value] * gradient[i] * gradient[i];
            }
        }
    }
}
