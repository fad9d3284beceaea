using System.Numerics.Tensors;
using Polymath.Merging.Blending;
using Polymath.Merging.TaskVectors;

namespace Polymath.Merging.Methods;

/// <summary>TIES as its authors released it: one threshold per model over all tensors, unweighted votes.</summary>
/// <remarks>Yadav et al., "TIES-Merging: Resolving Interference When Merging Models", NeurIPS 2023.</remarks>
public sealed class TiesGlobal : MergeMethod
{
    /// <inheritdoc/>
    public override string Name => "ties_global";

    /// <inheritdoc/>
    public override string Summary => "Keeps the largest changes of each whole model, elects a sign per element and joins the models that agree.";

    /// <inheritdoc/>
    public override string Formula => "b + lambda join { d_m : sign d_m = elected }, d_m = x_m - b where |d_m| is among the K % largest of the whole model; join is the sum, mean or largest";

    /// <inheritdoc/>
    public override string Use => "as ties, when some layers changed much more than others, or to repeat the paper";

    /// <inheritdoc/>
    public override string Source => "Yadav et al., TIES-Merging, NeurIPS 2023 (authors' code)";

    /// <inheritdoc/>
    public override BaseModelUse Base => BaseModelUse.Required;

    /// <inheritdoc/>
    public override bool NeedsSurvey => true;

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> Parameters =>
    [
        MethodParameter.Number("K", 20, "share that is kept: percent from 1 on, a fraction below") with { Minimum = 0, Maximum = 100 },
        MethodParameter.Text("merge_func", "sum", "sum, mean or max of the elements that agree"),
        MethodParameter.Number("lambda", 0.3, "scale of the merged task vector"),
    ];

    /// <inheritdoc/>
    public override object? Survey(IReadOnlyCollection<TensorMerge> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        return tensors.Count == 0 ? null : new GlobalTrim([.. tensors.Select(Checked)], tensors.First().Parameters.Number("K"));
    }

    /// <inheritdoc/>
    public override IBlockRule Prepare(TensorMerge tensor)
    {
        tensor = Checked(tensor);
        GlobalTrim trim = tensor.Survey as GlobalTrim ?? new GlobalTrim([tensor], tensor.Parameters.Number("K"));
        TiesAggregation aggregation = Aggregation(tensor);
        float lambda = (float)tensor.Parameters.Number("lambda");
        return new BlockRule(block =>
        {
            trim.Join(tensor, block, aggregation);
            TensorPrimitives.Multiply(block.Output, lambda, block.Output);
            block.Round(block.Output);
            TensorPrimitives.Add(block.Output, block.Source(tensor.BaseIndex), block.Output);
            block.Round(block.Output);
        }, scratch: 2);
    }

    private static TiesAggregation Aggregation(TensorMerge tensor) => tensor.Parameters.Text("merge_func") switch
    {
        "sum" or "dis-sum" or null => TiesAggregation.Sum,
        "mean" or "dis-mean" => TiesAggregation.Mean,
        "max" or "dis-max" => TiesAggregation.Max,
        { } other => throw new MergeException($"tensor '{tensor.Name}': merge_func is '{other}', expected sum, mean or max."),
    };
}
