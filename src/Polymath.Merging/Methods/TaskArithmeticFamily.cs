using System.Numerics.Tensors;
using Polymath.Merging.Blending;
using Polymath.Merging.Sources;
using Polymath.Merging.Sparsifying;

namespace Polymath.Merging.Methods;

/// <summary>
/// The methods that add weighted task vectors to a base: out = b + lambda mix, where mix sums w_m d_m over the models, d_m = x_m - b after
/// sparsifying, with or without the election of a sign per element.
/// </summary>
/// <remarks>
/// The order of steps is mergekit's: sparsify, rescale, weight, elect, sum, normalize, scale by lambda. With a sign election only elements
/// whose weighted task vector has the sign of the sum take part, and normalizing divides by the weights of those.
/// </remarks>
public abstract class TaskArithmeticFamily : MergeMethod
{
    private static readonly MethodParameter Lambda = MethodParameter.Number("lambda", 1, "scale of the mixed task vector");
    private static readonly MethodParameter MaskType = MethodParameter.Flag("int8_mask", false, "type of a mask in other tools; no effect on the result");

    /// <inheritdoc/>
    public sealed override BaseModelUse Base => BaseModelUse.Required;

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> Parameters => [Lambda, MethodParameter.Flag("normalize", NormalizeDefault, "divide by the sum of the weights"), MethodParameter.Flag("rescale", RescaleDefault, "scale kept elements up to the norm before dropping"), MaskType];

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> ModelParameters => [MethodParameter.RequiredNumber("weight", "weight of the model's task vector"), MethodParameter.Number("density", 1, "share of elements that are kept")];

    /// <summary>Which elements are kept.</summary>
    private protected abstract SparsifierKind Sparsifier { get; }

    /// <summary>Whether a sign is elected per element.</summary>
    private protected virtual bool ElectsSign => false;

    /// <summary>The default of <c>normalize</c>.</summary>
    private protected virtual bool NormalizeDefault => false;

    /// <summary>The default of <c>rescale</c>.</summary>
    private protected virtual bool RescaleDefault => false;

    /// <inheritdoc/>
    public override IReadOnlyList<long> OutputShape(string name, IReadOnlyList<MergeSource> sources, bool isEmbedding)
        => sources.FirstOrDefault(source => source.IsBase)?.Tensor.Shape ?? base.OutputShape(name, sources, isEmbedding);

    /// <inheritdoc/>
    public sealed override IBlockRule Prepare(TensorMerge tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.BaseIndex < 0) throw new MergeException($"{Name} needs a base model for tensor '{tensor.Name}'; give base_model.");
        tensor = OfBaseShape(tensor);
        int[] models = [.. Enumerable.Range(0, tensor.Sources.Count).Where(source => source != tensor.BaseIndex)];
        if (models.Length == 0) return BlockRule.Copy(tensor.BaseIndex);
        var plan = new SparsifierPlan(tensor, Sparsifier, models, tensor.Parameters.Flag("rescale"));
        float[] weights = Array.ConvertAll(models, model => (float)tensor.Sources[model].Parameters.Number("weight"));
        bool normalize = tensor.Parameters.Flag("normalize");
        float lambda = (float)tensor.Parameters.Number("lambda");
        return new Rule(tensor.BaseIndex, models, weights, plan, ElectsSign, normalize, lambda);
    }

    // A model whose tensor has another shape is cut to the base where it is a larger embedding and left out otherwise.
    private static TensorMerge OfBaseShape(TensorMerge tensor)
    {
        IReadOnlyList<long> shape = tensor.Sources[tensor.BaseIndex].Tensor.Shape;
        if (tensor.Sources.All(source => source.Tensor.Shape.SequenceEqual(shape))) return tensor;
        var kept = new List<MergeSource>();
        foreach (MergeSource source in tensor.Sources)
        {
            SourceTensor found = source.Tensor;
            if (found.Shape.SequenceEqual(shape))
            {
                kept.Add(source);
            }
            else if (tensor.IsEmbedding && shape.Count == 2 && found.Shape.Count == 2 && found.Shape[0] >= shape[0] && found.Shape[1] >= shape[1])
            {
                tensor.Settings.Warn($"tensor '{tensor.Name}': model '{source.Model}' has shape [{string.Join(", ", found.Shape)}]; it is cut to the base's [{string.Join(", ", shape)}].");
                kept.Add(source with { Tensor = new CroppedTensor(found, shape[0], shape[1]) });
            }
            else
            {
                tensor.Settings.Warn($"tensor '{tensor.Name}': model '{source.Model}' has shape [{string.Join(", ", found.Shape)}], but the base [{string.Join(", ", shape)}]; the model is left out of this tensor.");
            }
        }

        return tensor.With(kept);
    }

    private sealed class Rule(int baseIndex, int[] models, float[] weights, SparsifierPlan plan, bool elects, bool normalize, float lambda) : IBlockRule
    {
        private readonly bool _draws = plan.Sparsifiers.Any(sparsifier => sparsifier is KeepRandom or KeepByRank);

        /// <inheritdoc/>
        public Granularity Granularity => plan.Granularity;

        /// <inheritdoc/>
        public int Scratch => elects ? 2 : _draws ? 1 : 0;

        /// <inheritdoc/>
        public void Apply(Block block)
        {
            Span<float> mix = block.Output;
            mix.Clear();
            for (int i = 0; i < models.Length; i++)
            {
                Span<float> delta = SparsifierPlan.Delta(block, baseIndex, models[i]);
                if (plan.Sparsifiers[i] is { } sparsifier) sparsifier.Apply(block, delta);
                if (plan.Scales[i] != 1f)
                {
                    TensorPrimitives.Multiply(delta, plan.Scales[i], delta);
                    block.Round(delta);
                }

                TensorPrimitives.Multiply(delta, weights[i], delta);
                block.Round(delta);
                TensorPrimitives.Add(mix, delta, mix);
                block.Round(mix);
            }

            if (elects) Elect(block, mix);
            else if (normalize) Divide(block, mix, weights.Sum());
            if (lambda != 1f)
            {
                TensorPrimitives.Multiply(mix, lambda, mix);
                block.Round(mix);
            }

            TensorPrimitives.Add(block.Source(baseIndex), mix, mix);
            block.Round(mix);
        }

        private static void Divide(Block block, Span<float> mix, float weight)
        {
            if (Math.Abs(weight) < 1e-8f) return;
            TensorPrimitives.Divide(mix, weight, mix);
            block.Round(mix);
        }

        // mix holds the sum of the weighted task vectors, whose sign is the elected one, and receives the sum of those that agree.
        private void Elect(Block block, Span<float> mix)
        {
            Span<float> sign = block.Scratch(0), divisor = block.Scratch(1);
            mix.CopyTo(sign);
            mix.Clear();
            if (normalize) divisor.Clear();
            for (int i = 0; i < models.Length; i++)
            {
                SignConsensus.AddAgreeing(block.Source(models[i]), sign, mix);
                block.Round(mix);
                if (normalize) SignConsensus.CountAgreeing(block.Source(models[i]), sign, weights[i], divisor);
            }

            if (!normalize) return;
            SignConsensus.DivideWhereCounted(mix, divisor);
            block.Round(mix);
        }
    }
}
