using Polymath.Merging.Blending;

namespace Polymath.Merging.Methods;

/// <summary>The plain mean of the models: linear with equal weights that need not be written.</summary>
/// <remarks>Wortsman et al., "Model soups", ICML 2022.</remarks>
public sealed class UniformSoup : MergeMethod
{
    /// <inheritdoc/>
    public override string Name => "uniform_soup";

    /// <inheritdoc/>
    public override string Summary => "The plain mean of the models.";

    /// <inheritdoc/>
    public override string Formula => "sum_m x_m / n";

    /// <inheritdoc/>
    public override string Use => "several trainings of one model on the same data; the baseline of every comparison";

    /// <inheritdoc/>
    public override string Source => "Wortsman et al., Model soups, ICML 2022";

    /// <inheritdoc/>
    public override BaseModelUse Base => BaseModelUse.Ignored;

    /// <inheritdoc/>
    public override IBlockRule Prepare(TensorMerge tensor)
    {
        tensor = Checked(tensor);
        int n = tensor.Sources.Count;
        return new Combination([.. Enumerable.Range(0, n)], [.. Enumerable.Repeat(1.0 / n, n)]);
    }
}
