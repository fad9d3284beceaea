using System.Numerics.Tensors;
using Polymath.Merging.Blending;

namespace Polymath.Merging.Sparsifying;

/// <summary>Prepares the sparsifiers of all models for one tensor: thresholds by selection, then the scales that undo the loss of mass.</summary>
internal sealed class SparsifierPlan
{
    /// <summary>Norms below this are not rescaled.</summary>
    private const double LeastNorm = 1e-7;

    private readonly TensorMerge _tensor;
    private readonly SparsifierKind _kind;
    private readonly int[] _models;

    /// <summary>Plans the sparsifiers.</summary>
    /// <param name="tensor">The tensor, with a base; all sources of one shape.</param>
    /// <param name="kind">Which elements are kept.</param>
    /// <param name="models">The positions of the models among the sources.</param>
    /// <param name="rescale">Whether the kept elements are scaled up.</param>
    public SparsifierPlan(TensorMerge tensor, SparsifierKind kind, int[] models, bool rescale)
    {
        (_tensor, _kind, _models) = (tensor, kind, models);
        Sparsifiers = new ISparsifier?[models.Length];
        Scales = new float[models.Length];
        Array.Fill(Scales, 1f);
        if (kind == SparsifierKind.None) return;
        switch (kind)
        {
            case SparsifierKind.Magnitude or SparsifierKind.MagnitudeOutliers: PlanCuts(); break;
            case SparsifierKind.Random: PlanEach(model => new KeepRandom(tensor, Name(model), Density(model), DrawScratch)); break;
            default: PlanEach(RankRule); break;
        }

        if (rescale && Sparsifiers.Any(sparsifier => sparsifier is not null)) Rescale();
    }

    /// <summary>For each model what drops its elements; null keeps all.</summary>
    public ISparsifier?[] Sparsifiers { get; }

    /// <summary>For each model what its kept elements are multiplied by.</summary>
    public float[] Scales { get; }

    /// <summary>How the blocks must be cut.</summary>
    public Granularity Granularity => _kind == SparsifierKind.MagnitudePrune ? Granularity.Slices : Granularity.Elements;

    /// <summary>Which scratch span the draws take.</summary>
    public static int DrawScratch => 0;

    /// <summary>The task vector of a model in a block, in place of the model's elements.</summary>
    /// <param name="block">The block.</param>
    /// <param name="baseIndex">The base model's position.</param>
    /// <param name="source">The model's position.</param>
    public static Span<float> Delta(Block block, int baseIndex, int source)
    {
        Span<float> values = block.Source(source);
        TensorPrimitives.Subtract(values, block.Source(baseIndex), values);
        block.Round(values);
        return values;
    }

    private double Density(int model) => _tensor.Sources[_models[model]].Parameters.NumberOrNull("density") ?? 1;

    private string Name(int model) => _tensor.Sources[_models[model]].Model;

    private string Place(int model) => $"tensor '{_tensor.Name}', model '{Name(model)}'";

    private void PlanEach(Func<int, ISparsifier?> make)
    {
        for (int model = 0; model < _models.Length; model++)
        {
            if (Density(model) < 1) Sparsifiers[model] = make(model);
        }
    }

    private ISparsifier? RankRule(int model)
    {
        double density = Density(model), epsilon = _tensor.Sources[_models[model]].Parameters.Number("epsilon");
        if (density <= 0) return new KeepBetween(RankCut.None, RankCut.None);
        if (density - epsilon <= 0 || density + epsilon >= 1) throw new MergeException($"{Place(model)}: density {density:G6} and epsilon {epsilon:G6} give keep probabilities from {density - epsilon:G6} to {density + epsilon:G6}, expected them inside 0 and 1; lower epsilon.");
        return new KeepByRank(_tensor, Name(model), density, epsilon, DrawScratch);
    }

    // Two ranks a model: elements above the first stay, elements above the second (outliers) go.
    private void PlanCuts()
    {
        long n = _tensor.Elements;
        long[] ranks = new long[2 * _models.Length];
        for (int model = 0; model < _models.Length; model++)
        {
            double density = Density(model);
            (long keep, long outliers) = density >= 1 ? (n, 0) : _kind == SparsifierKind.Magnitude ? (LargestCount(model, density, n), 0) : Breadcrumbs(model, density, n);
            (ranks[2 * model], ranks[(2 * model) + 1]) = (keep, outliers);
        }

        RankCut[] cuts = RankSelection.Largest(_tensor, 0, ranks, (block, row) => Magnitudes(block, row / 2));
        for (int model = 0; model < _models.Length; model++)
        {
            if (Density(model) < 1) Sparsifiers[model] = new KeepBetween(cuts[2 * model], cuts[(2 * model) + 1]);
        }
    }

    // |x - b|, made once a block: a second call finds magnitudes already where it would subtract again.
    private ReadOnlySpan<float> Magnitudes(Block block, int model)
    {
        if (block.Once(_models[model]))
        {
            Span<float> delta = Delta(block, _tensor.BaseIndex, _models[model]);
            TensorPrimitives.Abs(delta, delta);
        }

        return block.Source(_models[model]);
    }

    private long LargestCount(int model, double density, long n)
    {
        long keep = (long)Math.Floor(density * n);
        return keep > 0 || n == 0 ? keep : throw new MergeException($"{Place(model)}: density {density:G6} keeps none of its {n} elements; raise the density, or exclude the tensor by a filter with density 1.");
    }

    private (long Keep, long Outliers) Breadcrumbs(int model, double density, long n)
    {
        double gamma = _tensor.Sources[_models[model]].Parameters.Number("gamma");
        long target = (long)Math.Floor(density * n), top = (long)Math.Floor(gamma * n), bottom = n - target - top;
        if (bottom < 0)
        {
            top += bottom;
            bottom = 0;
        }

        if (top == 0 && _tensor.Settings.Breadcrumbs == BreadcrumbsMode.MergekitCompatible) return (0, 0);
        return (n - bottom, Math.Max(0, top));
    }

    private void Rescale()
    {
        if (_tensor.Settings.Rescale == RescaleMode.InverseKeepProbability)
        {
            for (int model = 0; model < _models.Length; model++)
            {
                if (Sparsifiers[model] is not null && Density(model) > 0) Scales[model] = (float)(1 / Density(model));
            }

            return;
        }

        double[] norms = _tensor.Sum(Granularity, 2 * _models.Length, (block, sums) =>
        {
            for (int model = 0; model < _models.Length; model++)
            {
                if (Sparsifiers[model] is not { } sparsifier) continue;
                Span<float> delta = Delta(block, _tensor.BaseIndex, _models[model]);
                sums[2 * model] = TensorPrimitives.SumOfMagnitudes(delta);
                sparsifier.Apply(block, delta);
                sums[(2 * model) + 1] = TensorPrimitives.SumOfMagnitudes(delta);
            }
        }, scratch: 1);
        for (int model = 0; model < _models.Length; model++)
        {
            double before = norms[2 * model], after = norms[(2 * model) + 1];
            if (Sparsifiers[model] is not null && before >= LeastNorm && after >= LeastNorm) Scales[model] = (float)(before / after);
        }
    }
}
