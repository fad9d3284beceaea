using Polymath.Learning.Relevance;
using Polymath.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Reproductions.ActiveMtrlLasso;

/// <summary>
/// 40 linear source tasks in 30 dimensions on a shared random subspace of dimension 4: y = x^T B w_m + noise, x ~ N(0, I), heads uniform on the
/// sphere, and a target with head 0.8 w_1 + 0.6 w_2. Two instances of a seed draw the same samples, so strategies are compared on equal data.
/// </summary>
internal sealed class LinearTasks
{
    /// <summary>d, k and M of the experiment.</summary>
    public const int Inputs = 30, Size = 4, Sources = 40;

    private readonly RandomStream[] _streams;
    private readonly double[][] _predictors;
    private readonly double[] _targetPredictor;
    private readonly double _noise;

    public LinearTasks(int seed, double noise, int targetSamples)
    {
        _noise = noise;
        RandomStream root = new RandomStream((ulong)seed).Derive("active-mtrl-lasso"), random = root.Derive("tasks");
        _streams = [.. Enumerable.Range(0, Sources + 1).Select(task => root.Derive((ulong)task))];
        double[] basis = Basis(random);
        _predictors = new double[Sources][];
        Heads = new double[Size * Sources];
        for (int m = 0; m < Sources; m++)
        {
            double[] head = [.. Enumerable.Range(0, Size).Select(_ => random.NextNormalDouble())];
            double norm = Math.Sqrt(head.Sum(x => x * x));
            for (int i = 0; i < Size; i++) Heads[(i * Sources) + m] = head[i] /= norm;
            _predictors[m] = [.. Enumerable.Range(0, Inputs).Select(d => Enumerable.Range(0, Size).Sum(i => basis[(i * Inputs) + d] * head[i]))];
        }

        TargetHead = [.. Enumerable.Range(0, Size).Select(i => (0.8 * Heads[i * Sources]) + (0.6 * Heads[(i * Sources) + 1]))];
        _targetPredictor = [.. _predictors[0].Zip(_predictors[1], (first, second) => (0.8 * first) + (0.6 * second))];
        Target = Draw(_targetPredictor, targetSamples, _streams[Sources]);
    }

    /// <summary>The true W, [Size, Sources] row-major.</summary>
    public double[] Heads { get; }

    /// <summary>The true w_target, [Size].</summary>
    public double[] TargetHead { get; }

    /// <summary>The target's samples.</summary>
    public TaskSamples Target { get; }

    /// <summary>The oracle.</summary>
    public TaskSamples Sample(int source, int count) => Draw(_predictors[source], count, _streams[source]);

    /// <summary>||B_hat w_hat - B w||^2 of what was learned.</summary>
    public double ExcessRisk(IRepresentation representation, double[] head)
    {
        double[] predictor = new double[Inputs];
        ((LinearRepresentation)representation).Compose(head, predictor);
        return Distance(predictor);
    }

    /// <summary>The excess risk of least squares on the target's samples alone.</summary>
    public double TargetOnlyRisk()
    {
        double[] predictor = new double[Inputs];
        MinimumNormSolution.Solve(Target.Inputs, Target.Labels, predictor);
        return Distance(predictor);
    }

    /// <summary>Samples by a known nu, learns once, and returns the excess risk.</summary>
    /// <param name="norm">The rule, and which nu.</param>
    /// <param name="budget">Samples in all.</param>
    /// <param name="minimum">Samples of every source at least.</param>
    /// <param name="seed">Seed of the learner.</param>
    public double KnownRisk(RelevanceNorm norm, int budget, int minimum, int seed)
    {
        double[] nu = TaskRelevance.Estimate(Heads, TargetHead, norm, norm == RelevanceNorm.L1 ? 0 : null).Nu;
        int[] counts = SampleAllocator.Allocate(nu, norm, budget, minimum);
        TaskSamples[] samples = [.. counts.Select((count, source) => Sample(source, count))];
        IRepresentation representation = new AlternatingLeastSquares().Learn(samples, Size, new RandomStream((ulong)seed));
        double[] features = new double[Target.Count * Size], head = new double[Size];
        representation.Transform(Target.Inputs, features);
        new PivotedQR(features, Target.Count, Size).SolveLeastSquares(Target.Labels, head);
        return ExcessRisk(representation, head);
    }

    private double Distance(double[] predictor) => predictor.Zip(_targetPredictor, (estimate, truth) => (estimate - truth) * (estimate - truth)).Sum();

    /// <summary>Random orthonormal directions, [Size, Inputs].</summary>
    private static double[] Basis(RandomStream random)
    {
        double[] normal = [.. Enumerable.Range(0, Inputs * Size).Select(_ => random.NextNormalDouble())], basis = new double[Size * Inputs];
        var qr = new PivotedQR(normal, Inputs, Size);
        for (int i = 0; i < Size; i++) qr.CopyBasis(i, basis.AsSpan(i * Inputs, Inputs));
        return basis;
    }

    private TaskSamples Draw(double[] predictor, int count, RandomStream random)
    {
        double[] inputs = new double[count * Inputs], labels = new double[count];
        for (int r = 0; r < count; r++)
        {
            double signal = 0;
            for (int i = 0; i < Inputs; i++)
            {
                double value = inputs[(r * Inputs) + i] = random.NextNormalDouble();
                signal += value * predictor[i];
            }

            labels[r] = signal + (_noise * random.NextNormalDouble());
        }

        return new TaskSamples(inputs, labels, Inputs);
    }
}
