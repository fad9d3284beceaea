using System.Numerics;
using System.Numerics.Tensors;
using Polymath.Merging.Blending;

namespace Polymath.Merging.Methods;

/// <summary>Walks along the arc between two models, or between their task vectors; for whole tensors, per row or per column.</summary>
/// <remarks>The rule of mergekit's method of this name: weights in place of a position, and any axis.</remarks>
public sealed class NuSlerp : MergeMethod
{
    private const double LeastNorm = 1e-7, LeastSine = 1e-8, LeastWeight = 1e-6;

    /// <inheritdoc/>
    public override string Name => "nuslerp";

    /// <inheritdoc/>
    public override string Summary => "Walks along the arc between two models or their task vectors, by tensor, row or column.";

    /// <inheritdoc/>
    public override string Formula => "slerp with t = w_2 / (w_1 + w_2), of x_m or with a base of x_m - b, which is added again";

    /// <inheritdoc/>
    public override string Use => "two fine-tunes of one base, both moved from it in different directions";

    /// <inheritdoc/>
    public override string Source => "Goddard et al., Arcee's MergeKit, EMNLP 2024 industry track";

    /// <inheritdoc/>
    public override BaseModelUse Base => BaseModelUse.Optional;

    /// <inheritdoc/>
    public override int LeastModels => 2;

    /// <inheritdoc/>
    public override int? MostModels => 3;

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> Parameters =>
    [
        MethodParameter.Flag("nuslerp_row_wise", false, "without flattening: arcs along the outermost axis in place of the innermost"),
        MethodParameter.Flag("nuslerp_flatten", true, "one arc for the whole tensor"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> ModelParameters => [MethodParameter.RequiredNumber("weight", "weight of the model; the two give t")];

    /// <inheritdoc/>
    public override IBlockRule Prepare(TensorMerge tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Sources.Count == 1) return BlockRule.Copy(0);
        tensor = Checked(tensor);
        int[] pair = tensor.Models;
        if (pair.Length != 2) throw new MergeException($"{Name}: tensor '{tensor.Name}' comes from {pair.Length} models beside the base, expected 2; the base may not be one of the two.");
        double[] weights = Array.ConvertAll(pair, model => tensor.Sources[model].Parameters.Number("weight"));
        double sum = weights[0] + weights[1], t = Math.Abs(sum) < LeastWeight ? 0.5 : weights[1] / sum;
        if (tensor.Shape.Count < 2 || tensor.Parameters.Flag("nuslerp_flatten"))
        {
            double[,] products = InnerProducts.Of(tensor, pair, tensor.BaseIndex);
            (double first, double second) = Weights(products[0, 0], products[1, 1], products[0, 1], t);
            return new Combination(pair, [first, second], tensor.BaseIndex);
        }

        return tensor.Parameters.Flag("nuslerp_row_wise") ? new OutermostRule(tensor, pair, t) : new BlockRule(block => Rows(block, pair, tensor.BaseIndex, (int)tensor.RowLength, t), Granularity.Rows);
    }

    /// <summary>The weights of the two vectors of an arc.</summary>
    private static (double First, double Second) Weights(double firstSquare, double secondSquare, double product, double t)
    {
        double cosine = Math.Clamp(product / (Math.Max(Math.Sqrt(firstSquare), LeastNorm) * Math.Max(Math.Sqrt(secondSquare), LeastNorm)), -1, 1);
        double angle = Math.Acos(cosine), sine = Math.Sin(angle);
        return Math.Abs(sine) < LeastSine ? (1 - t, t) : (Math.Sin((1 - t) * angle) / sine, Math.Sin(t * angle) / sine);
    }

    private static void Rows(Block block, int[] pair, int baseIndex, int length, double t)
    {
        Span<float> first = InnerProducts.Offset(block, pair[0], baseIndex), second = InnerProducts.Offset(block, pair[1], baseIndex), output = block.Output;
        for (int start = 0; start < output.Length; start += length)
        {
            Span<float> left = first.Slice(start, length), right = second.Slice(start, length), merged = output.Slice(start, length);
            (double a, double b) = Weights(InnerProducts.Dot(left, left), InnerProducts.Dot(right, right), InnerProducts.Dot(left, right), t);
            TensorPrimitives.Multiply(left, (float)a, merged);
            block.Round(merged);
            TensorPrimitives.MultiplyAdd(right, (float)b, merged, merged);
            block.Round(merged);
        }

        AddBase(block, baseIndex);
    }

    private static void AddBase(Block block, int baseIndex)
    {
        if (baseIndex < 0) return;
        TensorPrimitives.Add(block.Output, block.Source(baseIndex), block.Output);
        block.Round(block.Output);
    }

    /// <summary>Arcs along the outermost axis: one for each position within a slice.</summary>
    private sealed class OutermostRule : IBlockRule
    {
        private readonly int[] _pair;
        private readonly int _baseIndex;
        private readonly float[] _first, _second;

        public OutermostRule(TensorMerge tensor, int[] pair, double t)
        {
            (_pair, _baseIndex) = (pair, tensor.BaseIndex);
            int width = tensor.Shape[0] == 0 ? 0 : checked((int)(tensor.Elements / tensor.Shape[0]));
            double[] sums = tensor.SumSlices(3, (block, partial) =>
            {
                Span<float> left = InnerProducts.Offset(block, pair[0], tensor.BaseIndex), right = InnerProducts.Offset(block, pair[1], tensor.BaseIndex);
                for (int start = 0; start < left.Length; start += width)
                {
                    AddProducts(left.Slice(start, width), left.Slice(start, width), partial[..width]);
                    AddProducts(right.Slice(start, width), right.Slice(start, width), partial.Slice(width, width));
                    AddProducts(left.Slice(start, width), right.Slice(start, width), partial.Slice(2 * width, width));
                }
            });
            (_first, _second) = (new float[width], new float[width]);
            for (int i = 0; i < width; i++)
            {
                (double a, double b) = Weights(sums[i], sums[width + i], sums[(2 * width) + i], t);
                (_first[i], _second[i]) = ((float)a, (float)b);
            }
        }

        public Granularity Granularity => Granularity.Slices;

        public int Scratch => 0;

        public void Apply(Block block)
        {
            Span<float> left = InnerProducts.Offset(block, _pair[0], _baseIndex), right = InnerProducts.Offset(block, _pair[1], _baseIndex), output = block.Output;
            for (int start = 0; start < output.Length; start += _first.Length)
            {
                Span<float> merged = output.Slice(start, _first.Length);
                TensorPrimitives.Multiply(left.Slice(start, _first.Length), _first, merged);
                block.Round(merged);
                TensorPrimitives.MultiplyAdd(right.Slice(start, _first.Length), _second, merged, merged);
                block.Round(merged);
            }

            AddBase(block, _baseIndex);
        }

        private static void AddProducts(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<double> sums)
        {
            int i = 0, half = Vector<double>.Count;
            for (; i <= left.Length - Vector<float>.Count; i += Vector<float>.Count)
            {
                Vector.Widen(new Vector<float>(left[i..]), out Vector<double> a, out Vector<double> b);
                Vector.Widen(new Vector<float>(right[i..]), out Vector<double> c, out Vector<double> d);
                (new Vector<double>(sums[i..]) + (a * c)).CopyTo(sums[i..]);
                (new Vector<double>(sums[(i + half)..]) + (b * d)).CopyTo(sums[(i + half)..]);
            }

            for (; i < left.Length; i++) sums[i] += (double)left[i] * right[i];
        }
    }
}
