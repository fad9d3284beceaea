using Polymath.Learning.Optimization;
using Polymath.Merging;
using Polymath.Tensors;

namespace Polymath.Reproductions.EmbeddingPosition;

/// <summary>Training an encoder on batches of pairs with InfoNCE; each batch holds one kind of pair.</summary>
internal static class ContrastiveTraining
{
    public const int BatchSize = 64;
    public const float Temperature = 0.05f;
    private const double Rate = 1e-3;

    /// <summary>Runs Adam over a sequence of batches.</summary>
    public static void Run(BagEncoder encoder, IEnumerable<(TextPairs Pairs, int[] Rows)> batches, CancellationToken cancellation)
    {
        var layout = new ParameterLayout(encoder.NamedParameters().Select(entry => entry.Value.Value), []);
        Tensor values = layout.Pack();
        var gradient = new TaskGradients(layout);
        var optimizer = new Adam(Rate);
        using var tape = new Tape();
        foreach ((TextPairs pairs, int[] rows) in batches)
        {
            cancellation.ThrowIfCancellationRequested();
            tape.Backward([Loss(encoder, pairs, rows)], [1.0], gradient, release: true);
            optimizer.Step(values.Span, gradient.Flat);
            tape.Reset();
        }
    }

    public static Tensor Loss(BagEncoder encoder, TextPairs pairs, ReadOnlySpan<int> rows)
    {
        int[][] left = new int[rows.Length][], right = new int[rows.Length][];
        for (int i = 0; i < rows.Length; i++) (left[i], right[i]) = (pairs.Left[rows[i]], pairs.Right[rows[i]]);
        return InfoNce.Mean(encoder.Forward(left), encoder.Forward(right), Temperature);
    }

    /// <summary>Passes over one task's pairs, shuffled; what is left of a pass is dropped.</summary>
    public static IEnumerable<(TextPairs Pairs, int[] Rows)> Passes(TextPairs pairs, int epochs, RandomStream random)
    {
        int[] order = new int[pairs.Count];
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            random.FillPermutation(order);
            for (int start = 0; start + BatchSize <= order.Length; start += BatchSize) yield return (pairs, order[start..(start + BatchSize)]);
        }
    }

    /// <summary>As many batches as all experts see together, each of a task drawn by its weight.</summary>
    public static IEnumerable<(TextPairs Pairs, int[] Rows)> Mixed(EmbeddingTask[] tasks, double[] weights, RandomStream random)
    {
        int steps = tasks.Sum(task => task.Epochs * (task.Train.Count / BatchSize));
        IEnumerator<(TextPairs Pairs, int[] Rows)>[] streams = [.. tasks.Select((task, t) => Passes(task.Train, int.MaxValue, random.Derive((ulong)t)).GetEnumerator())];
        double total = weights.Sum();
        for (int step = 0; step < steps; step++)
        {
            double draw = random.NextDouble() * total;
            int chosen = 0;
            while (chosen < weights.Length - 1 && draw >= weights[chosen]) draw -= weights[chosen++];
            streams[chosen].MoveNext();
            yield return streams[chosen].Current;
        }
    }

    /// <summary>Pairs of two crops of the same text, without labels.</summary>
    public static TextPairs Crops(IEnumerable<string> texts, RandomStream random)
    {
        var pairs = new List<(int[] Left, int[] Right)>();
        foreach (string text in texts)
        {
            string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 6) pairs.Add((HashedText.Ids(Crop(words, random)), HashedText.Ids(Crop(words, random))));
        }

        return new([.. pairs.Select(pair => pair.Left)], [.. pairs.Select(pair => pair.Right)]);
    }

    private static string Crop(string[] words, RandomStream random)
    {
        int length = Math.Max(3, (words.Length / 3) + random.NextInt32(1 + (words.Length / 3))), start = random.NextInt32(1 + words.Length - length);
        return string.Join(' ', words, start, length);
    }
}
