using System.Numerics.Tensors;
using Polymath.Learning;
using Polymath.Tensors;
using Tensor = Polymath.Tensors.Tensor;

namespace Polymath.Merging.Twin;

/// <summary>The whole way of an example: features of the shared expert, router, mixed network. The heads stay with the caller.</summary>
/// <example><code>
/// var predictor = new TwinPredictor(twin, router, encoder);
/// TwinPrediction codes = predictor.Predict(images);         // heads by codes.HeadTasks
/// </code></example>
public sealed class TwinPredictor
{
    private readonly TwinModel _twin;
    private readonly TwinRouter? _router;
    private readonly TwinMlp _mixed;

    /// <summary>A predictor.</summary>
    /// <param name="twin">The model.</param>
    /// <param name="router">The router, trained on outputs of the shared expert; null when there is one task.</param>
    /// <param name="network">The layers; its weights are not used.</param>
    /// <exception cref="MergeException">The router is of other tasks or of another shared expert, or is missing.</exception>
    public TwinPredictor(TwinModel twin, TwinRouter? router, Mlp network)
    {
        ArgumentNullException.ThrowIfNull(twin);
        if (router is null && twin.Parts.Count > 1) throw new MergeException($"found no router for {twin.Parts.Count} tasks; only a single one needs none.");
        router?.RequireFits(twin);
        _twin = twin;
        _router = router;
        _mixed = new TwinMlp(twin, network);
    }

    /// <summary>How many tasks an example may mix; null for all. Default: all.</summary>
    public int? TopK { get; init; }

    /// <summary>Whose head an example gets. Default: <see cref="HeadSelection.RouterArgmax"/>.</summary>
    public HeadSelection Heads { get; init; }

    /// <summary>What the shared expert gives to inputs: the router's features, <c>[rows, outputs]</c> row-major.</summary>
    /// <param name="input">Shape <c>[rows, inputs]</c>.</param>
    public float[] Features(Tensor input)
    {
        using var tape = new Tape();
        using Tape.NoGradientScope scope = Tape.NoGradient();
        return _mixed.Forward(input, Tensor.Zeros(input.Shape[0], _twin.Parts.Count)).ToArray();
    }

    /// <summary>Routes and runs a batch.</summary>
    /// <param name="input">Shape <c>[rows, inputs]</c>.</param>
    /// <param name="trueTasks">The task of each row, for <see cref="HeadSelection.TrueTask"/>.</param>
    /// <exception cref="MergeException">True tasks are asked for and not given.</exception>
    public TwinPrediction Predict(Tensor input, IReadOnlyList<int>? trueTasks = null)
    {
        int rows = input.Shape[0], tasks = _twin.Parts.Count;
        if (Heads == HeadSelection.TrueTask && trueTasks?.Count != rows) throw new MergeException($"the heads are those of the true tasks, but {trueTasks?.Count ?? 0} tasks were given for {rows} rows.");
        float[] mixture = _router is null ? Ones(rows) : _router.Mixture(Features(input), TopK), ownership = new float[rows * tasks];
        int[] heads = new int[rows];
        for (int row = 0; row < rows; row++)
        {
            heads[row] = Heads == HeadSelection.TrueTask ? trueTasks![row] : TensorPrimitives.IndexOfMax<float>(mixture.AsSpan(row * tasks, tasks));
            ownership[(row * tasks) + heads[row]] = 1f;
        }

        using var tape = new Tape();
        using Tape.NoGradientScope scope = Tape.NoGradient();
        return new TwinPrediction(_mixed.Forward(input, Tensor.FromArray(mixture, rows, tasks), Tensor.FromArray(ownership, rows, tasks)).ToArray(), mixture, heads);
    }

    private static float[] Ones(int rows)
    {
        float[] ones = new float[rows];
        Array.Fill(ones, 1f);
        return ones;
    }


}
