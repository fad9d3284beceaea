using Polymath.Learning.Optimization;
using Polymath.Learning.Regularization;
using Polymath.Tensors;

namespace Polymath.Reproductions.RepMtl;

/// <summary>Trains one <see cref="DenseNetwork"/>: the loop of a trainer on targets per pixel, with the library's tape, optimiser and regulariser.</summary>
internal sealed class DenseFit
{
    private const int BatchSize = 16, MeasuredBatches = 4;
    private const double LearningRate = 1e-3;

    private readonly DenseNetwork _network;
    private readonly ParameterLayout _layout;
    private readonly Tensor _values;

    public DenseFit(DenseTask[] tasks, RandomStream random)
    {
        _network = new DenseNetwork(tasks, random);
        _layout = new ParameterLayout(_network.NamedParameters().Select(entry => entry.Value.Value), []);
        _values = _layout.Pack();
    }

    /// <summary>Trains on scenes.</summary>
    /// <param name="scenes">Training scenes.</param>
    /// <param name="recipe">The objective.</param>
    /// <param name="epochs">Passes over the scenes.</param>
    /// <param name="random">Order of the scenes.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    public void Train(SceneSet scenes, Recipe recipe, int epochs, RandomStream random, CancellationToken cancellation)
    {
        int tasks = _network.Tasks.Count;
        var optimizer = new Adam(LearningRate);
        optimizer.Prepare(_values.Shape.Length);
        var gradient = new TaskGradients(_layout);
        var regularizer = new RepMtlRegularizer(recipe.Tsr, recipe.Csa);
        bool regularized = recipe.Tsr + recipe.Csa > 0 && tasks > 1;
        double[] weights = [.. Enumerable.Repeat(1.0, tasks + (regularized ? 1 : 0))];
        var objectives = new Tensor[weights.Length];
        int[] order = [.. Enumerable.Range(0, scenes.Count)];
        using var tape = new Tape();
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            Shuffle(order, random);
            for (int first = 0; first + BatchSize <= order.Length; first += BatchSize)
            {
                cancellation.ThrowIfCancellationRequested();
                tape.Reset();
                (Tensor z, Tensor[] losses) = Losses(scenes, order.AsSpan(first, BatchSize));
                if (regularized) objectives[tasks] = regularizer.Regularize(tape, losses, z, objectives);
                else for (int t = 0; t < tasks; t++) objectives[t] = recipe.Log ? losses[t].Log() : losses[t];
                tape.Backward(objectives, weights, gradient, release: true);
                optimizer.Step(_values.Span, gradient.Flat);
            }
        }
    }

    /// <summary>The metrics on scenes.</summary>
    public DenseScores Score(SceneSet scenes)
    {
        var meter = new DenseMeter();
        int[] rows = [.. Enumerable.Range(0, scenes.Count)];
        using var tape = new Tape();
        using Tape.NoGradientScope scope = Tape.NoGradient();
        for (int first = 0; first < rows.Length; first += BatchSize)
        {
            tape.Reset();
            ReadOnlySpan<int> batch = rows.AsSpan(first, Math.Min(BatchSize, rows.Length - first));
            Tensor z = _network.Encode(Gather(scenes.Images, 3, batch));
            for (int t = 0; t < _network.Tasks.Count; t++)
            {
                DenseTask task = _network.Tasks[t];
                meter.Add(task.Name, _network.Answer(z, t), Gather(task.Target(scenes), task.TargetChannels, batch));
            }
        }

        return meter.Scores();
    }

    /// <summary>The two terms on the first scenes, whatever the network was trained with.</summary>
    public (double Tsr, double Csa) Measure(SceneSet scenes)
    {
        var regularizer = new RepMtlRegularizer();
        int[] rows = [.. Enumerable.Range(0, scenes.Count)];
        double tsr = 0, csa = 0;
        int batches = Math.Min(MeasuredBatches, rows.Length / BatchSize);
        using var tape = new Tape();
        for (int b = 0; b < batches; b++)
        {
            tape.Reset();
            (Tensor z, Tensor[] losses) = Losses(scenes, rows.AsSpan(b * BatchSize, BatchSize));
            regularizer.Regularize(tape, losses, z, new Tensor[losses.Length]);
            tsr += regularizer.Last.Tsr / batches;
            csa += regularizer.Last.Csa / batches;
        }

        return (tsr, csa);
    }

    private (Tensor Z, Tensor[] Losses) Losses(SceneSet scenes, ReadOnlySpan<int> rows)
    {
        Tensor z = _network.Encode(Gather(scenes.Images, 3, rows));
        var losses = new Tensor[_network.Tasks.Count];
        for (int t = 0; t < losses.Length; t++)
        {
            DenseTask task = _network.Tasks[t];
            losses[t] = task.Loss(_network.Answer(z, t), Gather(task.Target(scenes), task.TargetChannels, rows));
        }

        return (z, losses);
    }

    private static Tensor Gather(float[] values, int channels, ReadOnlySpan<int> rows)
    {
        Tensor batch = Tensor.Zeros(rows.Length, channels, SceneSet.Size, SceneSet.Size);
        int length = channels * SceneSet.Pixels;
        for (int i = 0; i < rows.Length; i++) values.AsSpan(rows[i] * length, length).CopyTo(batch.Span.Slice(i * length, length));
        return batch;
    }

    private static void Shuffle(int[] order, RandomStream random)
    {
        for (int i = order.Length - 1; i > 0; i--)
        {
            int j = (int)(random.NextDouble() * (i + 1));
            (order[i], order[j]) = (order[j], order[i]);
        }
    }
}
