using System.Numerics.Tensors;
using System.Text.Json;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;
using Polymath.Tensors.Safetensors;
using Tensor = Polymath.Tensors.Tensor;

namespace Polymath.Merging.Twin;

/// <summary>
/// Tells from the features that the shared expert gives to an example how much of each task it needs: w = softmax(MLP(features)). Features of a
/// sequence are the mean of the last hidden states over its positions, padding left out.
/// </summary>
/// <example><code>
/// TwinRouter router = TwinRouter.Fit(features, taskOfRow, twin.Tasks, new RouterOptions { Epochs = 40 }, twin.Shared);
/// float[] mixture = router.Mixture(newFeatures, topK: 1);
/// router.Save("router.safetensors");
/// </code></example>
public sealed class TwinRouter
{
    private const string Key = "router";
    private readonly RouterNetwork _network;

    internal TwinRouter(RouterNetwork network, IReadOnlyList<string> tasks, string shared) => (_network, Tasks, SharedFingerprint) = (network, tasks, shared);

    /// <summary>Names of the tasks, in the order of the weights.</summary>
    public IReadOnlyList<string> Tasks { get; }

    /// <summary>Width of the features.</summary>
    public int Features => _network.Features;

    /// <summary>Which shared expert the features came from; empty when that was not said.</summary>
    public string SharedFingerprint { get; }

    /// <summary>Trains a router on cached features.</summary>
    /// <param name="features">Features of the shared expert, <c>[rows, width]</c> row-major.</param>
    /// <param name="taskOfRow">The task of each row.</param>
    /// <param name="tasks">Names of the tasks, two or more: <see cref="TwinModel.Tasks"/>.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="shared">The shared expert, to recognise it later; null to leave that out.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="MergeException">There are no rows, fewer than two tasks, a task without rows, or features that are not finite.</exception>
    public static TwinRouter Fit(float[] features, int[] taskOfRow, IReadOnlyList<string> tasks, RouterOptions? options = null, ModelState? shared = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(taskOfRow);
        ArgumentNullException.ThrowIfNull(tasks);
        RouterNetwork network = RouterFit.Train(features, taskOfRow, tasks, options ?? new RouterOptions(), cancellation);
        return new TwinRouter(network, [.. tasks], shared is null ? string.Empty : StateFingerprint.Of(shared));
    }

    /// <summary>A router with the weights of a state dict of the released code (fc1, bn1, fc3, bn3, fc4).</summary>
    /// <param name="state">Weights and running statistics.</param>
    /// <param name="tasks">Names of the tasks.</param>
    /// <exception cref="MergeException">A tensor is missing or has another shape.</exception>
    public static TwinRouter FromState(ModelState state, IReadOnlyList<string> tasks)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(tasks);
        Shape first = state.ShapeOf(state.IndexOf("fc1.weight"));
        var network = new RouterNetwork(first[1], first[0], tasks.Count, 0f, new RandomStream(0));
        Copy(state, network);
        return new TwinRouter(network, [.. tasks], string.Empty);
    }

    /// <summary>Logits before the softmax.</summary>
    /// <param name="features">Shape <c>[rows, width]</c> row-major.</param>
    /// <returns>Shape <c>[rows, tasks]</c> row-major.</returns>
    public float[] Logits(ReadOnlySpan<float> features)
    {
        if (features.Length % Features != 0) throw new MergeException($"found {features.Length} features, expected rows of {Features}.");
        _network.Evaluate();
        using var tape = new Tape();
        using Tape.NoGradientScope scope = Tape.NoGradient();
        return _network.Forward(Tensor.FromArray(features, features.Length / Features, Features)).ToArray();
    }

    /// <summary>The weights of the tasks.</summary>
    /// <param name="features">Shape <c>[rows, width]</c> row-major.</param>
    /// <param name="topK">How many tasks a row may mix: the largest weights are kept and made to sum to 1. Null for all.</param>
    /// <returns>w, <c>[rows, tasks]</c> row-major; every row sums to 1.</returns>
    public float[] Mixture(ReadOnlySpan<float> features, int? topK = null)
    {
        if (topK is { } limit && (limit < 1 || limit > Tasks.Count)) throw new MergeException($"found {limit} tasks to mix, expected 1 to {Tasks.Count}.");
        float[] mixture = Logits(features);
        for (int at = 0; at < mixture.Length; at += Tasks.Count)
        {
            Span<float> row = mixture.AsSpan(at, Tasks.Count);
            TensorPrimitives.SoftMax(row, row);
            if (topK is not { } kept || kept == row.Length) continue;
            float[] weights = row.ToArray();
            int[] order = [.. Enumerable.Range(0, row.Length).OrderByDescending(task => weights[task])];
            foreach (int task in order.AsSpan(kept)) row[task] = 0f;
            TensorPrimitives.Divide(row, TensorPrimitives.Sum<float>(row), row);
        }

        return mixture;
    }

    /// <summary>The likeliest task of each row.</summary>
    public int[] Route(ReadOnlySpan<float> features)
    {
        float[] logits = Logits(features);
        int[] routed = new int[logits.Length / Tasks.Count];
        for (int row = 0; row < routed.Length; row++) routed[row] = TensorPrimitives.IndexOfMax<float>(logits.AsSpan(row * Tasks.Count, Tasks.Count));
        return routed;
    }

    /// <summary>How often a row of a true task (first index) is given to a task (second).</summary>
    public int[][] Confusion(ReadOnlySpan<float> features, IReadOnlyList<int> taskOfRow)
    {
        ArgumentNullException.ThrowIfNull(taskOfRow);
        int[][] counts = [.. Tasks.Select(_ => new int[Tasks.Count])];
        int[] routed = Route(features);
        for (int row = 0; row < routed.Length; row++) counts[taskOfRow[row]][routed[row]]++;
        return counts;
    }

    /// <summary>Fails unless the router was trained for a model: its tasks in its order, and its shared expert.</summary>
    /// <param name="twin">The model.</param>
    /// <exception cref="MergeException">The tasks or the shared expert are others.</exception>
    public void RequireFits(TwinModel twin)
    {
        ArgumentNullException.ThrowIfNull(twin);
        if (!Tasks.SequenceEqual(twin.Tasks)) throw new MergeException($"the router knows the tasks {string.Join(", ", Tasks)}, expected {string.Join(", ", twin.Tasks)} in this order.");
        if (SharedFingerprint.Length > 0 && SharedFingerprint != StateFingerprint.Of(twin.Shared)) throw new MergeException("the router was trained on features of another shared expert; train it again.");
    }

    /// <summary>Writes the router to a safetensors file, atomically.</summary>
    /// <param name="path">The file to create or replace.</param>
    public void Save(string path)
    {
        var header = new RouterHeader { Tasks = [.. Tasks], Features = Features, Hidden = _network.Hidden, Shared = SharedFingerprint };
        ModelState state = new(_network.NamedParameters().Select(entry => (entry.Key, entry.Value.Value)).Concat(_network.NamedBuffers().Select(entry => (entry.Key, entry.Value))).Select(entry => (entry.Key, entry.Value.Shape, entry.Value.ToArray())));
        state.Save(path, new Dictionary<string, string> { [Key] = JsonSerializer.Serialize(header, TwinJson.Default.RouterHeader) });
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="MergeException">The file is no router.</exception>
    public static TwinRouter Load(string path)
    {
        RouterHeader header;
        using (SafetensorsFile file = SafetensorsFile.Open(path)) header = TwinJson.Read(file, Key, TwinJson.Default.RouterHeader);
        var network = new RouterNetwork(header.Features, header.Hidden, header.Tasks.Length, 0f, new RandomStream(0));
        Copy(ModelState.Load(path), network);
        return new TwinRouter(network, header.Tasks, header.Shared);
    }

    private static void Copy(ModelState state, RouterNetwork network)
    {
        foreach ((string name, Tensor target) in network.NamedParameters().Select(entry => (entry.Key, entry.Value.Value)).Concat(network.NamedBuffers().Select(entry => (entry.Key, entry.Value))))
        {
            Shape found = state.ShapeOf(state.IndexOf(name));
            if (found != target.Shape) throw new MergeException($"router: tensor '{name}' has shape {found}, expected {target.Shape}.");
            state[name].CopyTo(target.Span);
        }
    }
}
