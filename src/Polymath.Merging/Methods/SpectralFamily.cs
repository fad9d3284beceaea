using System.Numerics.Tensors;
using Polymath.Merging.Blending;

namespace Polymath.Merging.Methods;

/// <summary>Methods that merge the task vectors of matrices through their singular values, and average those of all other tensors.</summary>
/// <remarks>A matrix is held and decomposed as a whole.</remarks>
public abstract class SpectralFamily : MergeMethod
{
    /// <inheritdoc/>
    public sealed override BaseModelUse Base => BaseModelUse.Required;

    /// <inheritdoc/>
    public sealed override IReadOnlyList<MethodParameter> Parameters => [MethodParameter.Number("lambda", 1, "scale of the merged task vector")];

    /// <inheritdoc/>
    public sealed override IBlockRule Prepare(TensorMerge tensor)
    {
        tensor = Checked(tensor);
        int[] models = tensor.Models;
        int baseIndex = tensor.BaseIndex;
        double lambda = tensor.Parameters.Number("lambda");
        if (models.Length == 0) return BlockRule.Copy(baseIndex);
        if (tensor.Shape.Count != 2 || tensor.Elements == 0) return new Combination(models, [.. Enumerable.Repeat(lambda / models.Length, models.Length)], baseIndex);
        int rows = checked((int)tensor.Shape[0]), columns = checked((int)tensor.Shape[1]);
        return new BlockRule(block =>
        {
            Span<float> merged = block.Output;
            double[][] vectors = [.. models.Select(model => Widen(InnerProducts.Offset(block, model, baseIndex)))];
            double[] joined;
            try
            {
                joined = Join(vectors, rows, columns);
            }
            catch (ArithmeticException problem)
            {
                throw new MergeException($"{Name}: the task vectors of tensor '{tensor.Name}' hold NaN or infinite numbers and have no singular values; check the models, or merge the tensor by another method.", problem);
            }

            for (int i = 0; i < joined.Length; i++) merged[i] = (float)joined[i];
            block.Round(merged);
            if (lambda != 1)
            {
                TensorPrimitives.Multiply(merged, (float)lambda, merged);
                block.Round(merged);
            }

            TensorPrimitives.Add(merged, block.Source(baseIndex), merged);
            block.Round(merged);
        }, Granularity.Whole);
    }

    /// <summary>Joins the task vectors of one matrix.</summary>
    /// <param name="vectors">[rows, columns] each.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <returns>[rows, columns].</returns>
    private protected abstract double[] Join(double[][] vectors, int rows, int columns);

    private static double[] Widen(ReadOnlySpan<float> values)
    {
        double[] wide = new double[values.Length];
        for (int i = 0; i < wide.Length; i++) wide[i] = values[i];
        return wide;
    }
}
