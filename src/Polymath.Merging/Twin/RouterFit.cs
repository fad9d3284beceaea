using System.Numerics.Tensors;
using Polymath.Learning.Optimization;
using Polymath.Tensors;
using Tensor = Polymath.Tensors.Tensor;

namespace Polymath.Merging.Twin;

/// <summary>Trains a <see cref="RouterNetwork"/>: cross-entropy on the task, AdamW with a rate that falls linearly to zero.</summary>
internal static class RouterFit
{
    private const double WeightDecay = 0.01;

    public static RouterNetwork Train(float[] features, int[] taskOfRow, IReadOnlyList<string> tasks, RouterOptions options, CancellationToken cancellation)
    {
        int width = Require(features, taskOfRow, tasks, options);
        RandomStream random = new RandomStream(options.Seed).Derive("router");
        var network = new RouterNetwork(width, options.Hidden ?? (2 * width), tasks.Count, options.Dropout, random.Derive("weights"));
        network.SetRandom(random.Derive("dropout"));
        int[] order = new int[taskOfRow.Length];
        random.Derive("split").FillPermutation(order);
        int held = (int)Math.Floor(options.HoldOut * order.Length);
        int[] heldOut = order[..held], trained = order[held..];
        var layout = new ParameterLayout(network.NamedParameters().Select(entry => entry.Value.Value), []);
        Tensor values = layout.Pack();
        var gradient = new TaskGradients(layout);
        var optimizer = new AdamW(options.LearningRate, weightDecay: WeightDecay);
        int size = Math.Min(options.BatchSize, trained.Length), steps = (trained.Length / size) + (trained.Length % size > 1 ? 1 : 0), step = 0, total = steps * options.Epochs;
        float[] best = [];
        float[][] statistics = [];
        int most = -1;
        RandomStream shuffle = random.Derive("order");
        using var tape = new Tape();
        for (int epoch = 0; epoch < options.Epochs; epoch++)
        {
            network.Train();
            shuffle.Shuffle(trained.AsSpan());
            for (int batch = 0; batch < steps; batch++, step++)
            {
                cancellation.ThrowIfCancellationRequested();
                tape.Reset();
                (Tensor rows, Tensor labels) = Gather(features, taskOfRow, trained.AsSpan(batch * size, Math.Min(size, trained.Length - (batch * size))), width);
                Tensor loss = Fused.SoftmaxCrossEntropy(network.Forward(rows), labels).Mean();
                tape.Backward([loss], [1.0], gradient, release: true);
                optimizer.Step(values.Span, gradient.Flat, 1 - ((double)step / total));
            }

            if (held == 0) continue;
            int right = Right(network, tape, features, taskOfRow, heldOut, width, tasks.Count);
            if (right <= most) continue;
            (most, best) = (right, values.ToArray());
            statistics = [.. network.NamedBuffers().Select(entry => entry.Value.ToArray())];
        }

        if (most >= 0)
        {
            best.CopyTo(values.Span);
            foreach (((_, Tensor buffer), float[] saved) in network.NamedBuffers().Zip(statistics)) saved.CopyTo(buffer.Span);
        }

        network.Evaluate();
        return network;
    }

    private static int Right(RouterNetwork network, Tape tape, float[] features, int[] taskOfRow, int[] rows, int width, int tasks)
    {
        network.Evaluate();
        tape.Reset();
        using Tape.NoGradientScope scope = Tape.NoGradient();
        ReadOnlySpan<float> logits = network.Forward(Gather(features, taskOfRow, rows, width).Rows).Span;
        int right = 0;
        for (int i = 0; i < rows.Length; i++) right += TensorPrimitives.IndexOfMax(logits.Slice(i * tasks, tasks)) == taskOfRow[rows[i]] ? 1 : 0;
        return right;
    }

    private static (Tensor Rows, Tensor Labels) Gather(float[] features, int[] taskOfRow, ReadOnlySpan<int> rows, int width)
    {
        Tensor batch = Tensor.Zeros(rows.Length, width), labels = Tensor.Zeros(rows.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            features.AsSpan(rows[i] * width, width).CopyTo(batch.Span[(i * width)..]);
            labels.Span[i] = taskOfRow[rows[i]];
        }

        return (batch, labels);
    }

    private static int Require(float[] features, int[] taskOfRow, IReadOnlyList<string> tasks, RouterOptions options)
    {
        if (tasks.Count < 2) throw new MergeException($"router: found {tasks.Count} tasks, expected two or more; one task needs no router.");
        if (taskOfRow.Length == 0 || features.Length % taskOfRow.Length != 0 || features.Length == 0) throw new MergeException($"router: found {features.Length} features for {taskOfRow.Length} rows, expected rows of one width.");
        if (!TensorPrimitives.IsFiniteAll<float>(features)) throw new MergeException("router: found NaN or infinite features, expected finite ones.");
        if (options.BatchSize < 2 || options.Epochs < 1 || options.HoldOut is not (>= 0 and < 1)) throw new MergeException($"router: found batches of {options.BatchSize}, {options.Epochs} epochs and {options.HoldOut} held out, expected 2 or more, 1 or more, and a part in [0, 1).");
        int[] counts = new int[tasks.Count];
        foreach (int task in taskOfRow)
        {
            if ((uint)task >= (uint)counts.Length) throw new MergeException($"router: found task {task}, expected 0 to {counts.Length - 1}.");
            counts[task]++;
        }

        int empty = Array.IndexOf(counts, 0);
        if (empty >= 0) throw new MergeException($"router: task '{tasks[empty]}' has no rows, expected some of every task.");
        return features.Length / taskOfRow.Length;
    }
}
