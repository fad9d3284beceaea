using System.Numerics.Tensors;
using Polymath.Merging.Sparsifying;
using Polymath.Merging.TaskVectors;

namespace Polymath.Merging.Blending;

/// <summary>
/// TIES as its authors released it, over a whole model that is never in memory: a threshold per model and the sign of the majority, found in passes over
/// all tensors; then every block is trimmed, elected and joined on its own. <see cref="GlobalTies"/> is the same for task vectors in memory.
/// </summary>
internal sealed class GlobalTrim
{
    private const double Percent = 100;
    private readonly Dictionary<string, float> _thresholds = new(StringComparer.Ordinal);
    private readonly int _majority;

    /// <summary>Surveys all tensors of a merge.</summary>
    /// <param name="tensors">The tensors, each with its base and sources of one shape.</param>
    /// <param name="keep">K: the share that is kept, in percent from 1 on, as a fraction below.</param>
    public GlobalTrim(IReadOnlyCollection<TensorMerge> tensors, double keep)
    {
        double fraction = keep >= 1 ? keep / Percent : keep;
        foreach (IGrouping<string, (TensorMerge Tensor, int Source)> model in tensors.SelectMany(tensor => tensor.Models.Select(source => (Tensor: tensor, Source: source))).GroupBy(part => part.Tensor.Sources[part.Source].Model))
        {
            (TensorMerge Tensor, int Source)[] parts = [.. model];
            long elements = parts.Sum(part => part.Tensor.Elements), larger = (long)Math.Floor(elements * fraction);
            // The (elements - larger)-th smallest is the (larger + 1)-th largest.
            _thresholds[model.Key] = fraction >= 1 || larger >= elements ? 0f : BitConverter.UInt32BitsToSingle(RankSelection.LargestBits([.. parts.Select(part => (part.Tensor, Keys(part.Tensor.BaseIndex, part.Source)))], larger + 1));
        }

        double votes = tensors.Sum(tensor => tensor.Elements == 0 ? 0 : tensor.Sum(Granularity.Elements, 1, (block, sums) =>
        {
            Span<float> sign = block.Output;
            Sum(tensor, block, sign);
            TrimmedElection.Sign(sign, 0);
            sums[0] = TensorPrimitives.Sum<float>(sign);
        })[0]);
        _majority = Math.Sign(votes);
    }

    /// <summary>The joined task vectors of a block; the task vectors stay in place of the models' elements.</summary>
    /// <param name="tensor">The tensor that the block belongs to.</param>
    /// <param name="block">The block, with two spans of scratch.</param>
    /// <param name="aggregation">How the elements that agree are joined.</param>
    public void Join(TensorMerge tensor, Block block, TiesAggregation aggregation)
    {
        Span<float> joined = block.Output, sign = block.Scratch(0), count = block.Scratch(1);
        Sum(tensor, block, sign);
        TrimmedElection.Sign(sign, _majority);
        joined.Clear();
        count.Clear();
        foreach (int model in tensor.Models) TrimmedElection.Join(block.Source(model), Threshold(tensor, model), sign, aggregation == TiesAggregation.Max, joined, count);
        if (aggregation == TiesAggregation.Mean)
        {
            TensorPrimitives.Max(count, 1f, count);
            TensorPrimitives.Divide(joined, count, joined);
        }

        block.Round(joined);
    }

    private float Threshold(TensorMerge tensor, int model) => _thresholds.GetValueOrDefault(tensor.Sources[model].Model);

    private void Sum(TensorMerge tensor, Block block, Span<float> sum)
    {
        sum.Clear();
        foreach (int model in tensor.Models) TrimmedElection.Add(InnerProducts.Offset(block, model, tensor.BaseIndex), Threshold(tensor, model), sum);
    }

    private static RankSelection.Keys Keys(int baseIndex, int source) => (block, _) =>
    {
        Span<float> delta = InnerProducts.Offset(block, source, baseIndex);
        TensorPrimitives.Abs(delta, delta);
        return delta;
    };
}
