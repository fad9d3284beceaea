using System.Numerics.Tensors;

namespace Polymath.Learning.Relevance;

/// <summary>Labelled samples of one task. Classes are labels -1 and +1 under the squared loss, as in the papers.</summary>
public sealed class TaskSamples
{
    /// <summary>Wraps arrays; they are not copied.</summary>
    /// <param name="inputs">[count, features] row-major.</param>
    /// <param name="labels">[count].</param>
    /// <param name="features">Length of one input, at least 1.</param>
    /// <exception cref="RelevanceException">Shapes do not fit, or a value is not finite.</exception>
    public TaskSamples(double[] inputs, double[] labels, int features)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(labels);
        if (features < 1 || inputs.Length != (long)labels.Length * features)
        {
            throw new RelevanceException($"TaskSamples: there are {inputs.Length} input values for {labels.Length} labels of {features} features, expected {(long)labels.Length * features}; pass inputs row-major.");
        }

        Inputs = inputs;
        Labels = labels;
        Features = features;
        Require(inputs, "inputs");
        Require(labels, "labels");
    }

    /// <summary>[Count, Features] row-major.</summary>
    public double[] Inputs { get; }

    /// <summary>[Count].</summary>
    public double[] Labels { get; }

    /// <summary>Length of one input.</summary>
    public int Features { get; }

    /// <summary>Number of samples.</summary>
    public int Count => Labels.Length;

    /// <summary>One input.</summary>
    public ReadOnlySpan<double> Input(int index) => Inputs.AsSpan(index * Features, Features);

    /// <summary>These samples and others of the same task after them.</summary>
    /// <param name="others">Samples with as many features.</param>
    public TaskSamples Concat(TaskSamples others)
    {
        ArgumentNullException.ThrowIfNull(others);
        if (others.Features != Features) throw new RelevanceException($"TaskSamples: the other samples have {others.Features} features, expected {Features}.");
        return Count == 0 ? others : others.Count == 0 ? this : new TaskSamples([.. Inputs, .. others.Inputs], [.. Labels, .. others.Labels], Features);
    }

    /// <summary>Collects up to <paramref name="count"/> samples of a stream, so that an annotation queue or a simulator can serve as the oracle.</summary>
    /// <param name="stream">Pairs of an input and its label.</param>
    /// <param name="count">How many to take.</param>
    /// <param name="features">Length of one input.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async ValueTask<TaskSamples> CollectAsync(IAsyncEnumerable<(double[] Input, double Label)> stream, int count, int features, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        List<double> inputs = new(count * features), labels = new(count);
        await foreach ((double[] input, double label) in stream.Take(count).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            inputs.AddRange(input);
            labels.Add(label);
        }

        return new TaskSamples([.. inputs], [.. labels], features);
    }

    private static void Require(double[] values, string what)
    {
        double sum = TensorPrimitives.Sum<double>(values);
        if (double.IsFinite(sum)) return;
        foreach (double value in values)
        {
            if (!double.IsFinite(value)) throw new RelevanceException($"TaskSamples: the {what} hold {value}, expected finite numbers.");
        }
    }
}
