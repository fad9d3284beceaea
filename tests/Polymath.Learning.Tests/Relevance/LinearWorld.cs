using Polymath.Learning.Relevance;
using Polymath.Tensors;

namespace Polymath.Tests.Relevance;

/// <summary>Linear tasks on a shared subspace: y = x^T B w_m + noise with x ~ N(0, I), B the first k axes, and a target made of the first two heads.</summary>
internal sealed class LinearWorld
{
    private readonly RandomStream[] _streams;
    private readonly double[][] _heads;

    public LinearWorld(int inputs = 12, int size = 3, int sources = 10, double noise = 0.1, int targetSamples = 60, ulong seed = 1)
    {
        (Inputs, Size, Sources, Noise) = (inputs, size, sources, noise);
        var random = new RandomStream(seed);
        _streams = [.. Enumerable.Range(0, sources + 1).Select(m => random.Derive((ulong)m))];
        RandomStream heads = random.Derive("heads");
        _heads = [.. Enumerable.Range(0, sources).Select(_ => Unit(heads))];
        TargetHead = [.. _heads[0].Zip(_heads[1], (x, y) => (0.8 * x) + (0.6 * y))];
        Target = Draw(TargetHead, targetSamples, _streams[sources]);
    }

    public int Inputs { get; }

    public int Size { get; }

    public int Sources { get; }

    public double Noise { get; }

    public double[] TargetHead { get; }

    public TaskSamples Target { get; }

    public TaskSamples Sample(int source, int count) => Draw(_heads[source], count, _streams[source]);

    /// <summary>||B w_hat - B* w*||^2, the excess risk for white inputs.</summary>
    public double ExcessRisk(ActiveResult result)
    {
        double[] predictor = new double[Inputs];
        ((LinearRepresentation)result.Representation).Compose(result.TargetHead, predictor);
        return predictor.Select((value, i) => Math.Pow(value - (i < Size ? TargetHead[i] : 0), 2)).Sum();
    }

    private double[] Unit(RandomStream random)
    {
        double[] head = [.. Enumerable.Range(0, Size).Select(_ => random.NextNormalDouble())];
        double norm = RandomHeads.Norm(head);
        return [.. head.Select(x => x / norm)];
    }

    private TaskSamples Draw(double[] head, int count, RandomStream random)
    {
        double[] inputs = new double[count * Inputs], labels = new double[count];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = random.NextNormalDouble();
        for (int r = 0; r < count; r++) labels[r] = (Noise * random.NextNormalDouble()) + Enumerable.Range(0, Size).Sum(j => head[j] * inputs[(r * Inputs) + j]);
        return new TaskSamples(inputs, labels, Inputs);
    }
}
