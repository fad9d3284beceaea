using Polymath.Merging.Blending;
using Polymath.Merging.Sources;

namespace Polymath.Merging.Methods;

/// <summary>
/// A rule that makes one tensor from the same tensor of several models. A method is this one class: listing it in
/// <see cref="MergeMethods.All"/> makes it known to configurations, to the documentation and to the tool.
/// </summary>
/// <remarks>
/// <see cref="Prepare"/> sees the whole tensor through passes over its blocks (norms, thresholds) and gives the rule that makes each block, so a
/// tensor is never in memory as a whole unless the rule's <see cref="Granularity"/> asks for it.
/// </remarks>
/// <example><code>
/// public sealed class Linear : MergeMethod
/// {
///     public override IBlockRule Prepare(TensorMerge tensor) => new BlockRule(block => ...);
/// }
/// </code></example>
public abstract class MergeMethod
{
    /// <summary>The name in a configuration, such as <c>dare_ties</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What it does, in one line.</summary>
    public abstract string Summary { get; }

    /// <summary>The rule as a formula, for the documentation.</summary>
    public abstract string Formula { get; }

    /// <summary>When to use it, in one line.</summary>
    public abstract string Use { get; }

    /// <summary>The source: authors, title, venue or arXiv number.</summary>
    public abstract string Source { get; }

    /// <summary>What it does with a base model.</summary>
    public abstract BaseModelUse Base { get; }

    /// <summary>The least number of models, the base included where it takes part.</summary>
    public virtual int LeastModels => 1;

    /// <summary>The largest number of models, the base included where it takes part; null for any.</summary>
    public virtual int? MostModels => null;

    /// <summary>Parameters of the whole merge.</summary>
    public virtual IReadOnlyList<MethodParameter> Parameters => [];

    /// <summary>Parameters of each model.</summary>
    public virtual IReadOnlyList<MethodParameter> ModelParameters => [];

    /// <summary>Whether <see cref="Survey"/> has to look at all tensors before the first is merged.</summary>
    public virtual bool NeedsSurvey => false;

    /// <summary>Looks at all tensors of the merge for what concerns the whole model; what it returns reaches <see cref="TensorMerge.Survey"/> of each.</summary>
    /// <param name="tensors">Every tensor of the merge; may be enumerated several times.</param>
    public virtual object? Survey(IReadOnlyCollection<TensorMerge> tensors) => null;

    /// <summary>Looks at one tensor and gives the rule for its blocks.</summary>
    /// <param name="tensor">The tensor with its sources and parameters.</param>
    /// <exception cref="MergeException">The sources or parameters do not suit the method.</exception>
    public abstract IBlockRule Prepare(TensorMerge tensor);

    /// <summary>Merges one tensor in memory.</summary>
    /// <param name="tensor">The tensor with its sources and parameters.</param>
    public float[] Merge(TensorMerge tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.ToArray(Prepare(tensor));
    }

    /// <summary>
    /// The shape of the result: that of the sources; for embeddings of several sizes the rows and columns that all have in common.
    /// </summary>
    /// <param name="name">The tensor's name, for messages.</param>
    /// <param name="sources">The sources.</param>
    /// <param name="isEmbedding">Whether models may differ in the number of rows and columns.</param>
    /// <exception cref="MergeException">The shapes differ and the tensor is no embedding.</exception>
    public virtual IReadOnlyList<long> OutputShape(string name, IReadOnlyList<MergeSource> sources, bool isEmbedding)
    {
        ArgumentNullException.ThrowIfNull(sources);
        MergeSource first = sources[0];
        MergeSource? odd = sources.FirstOrDefault(source => !source.Tensor.Shape.SequenceEqual(first.Tensor.Shape));
        if (odd is null) return first.Tensor.Shape;
        if (!isEmbedding || sources.Any(source => source.Tensor.Shape.Count != 2))
            throw new MergeException($"tensor '{name}': model '{first.Model}' has shape [{string.Join(", ", first.Tensor.Shape)}] and model '{odd.Model}' [{string.Join(", ", odd.Tensor.Shape)}], expected the same; merge models of one architecture.");
        return [sources.Min(source => source.Tensor.Shape[0]), sources.Min(source => source.Tensor.Shape[1])];
    }

    /// <summary>Fails unless a tensor's sources suit the method in number and base, then makes them of one shape.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <exception cref="MergeException">The base is missing, or there are too few or too many models.</exception>
    protected TensorMerge Checked(TensorMerge tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (Base == BaseModelUse.Required && tensor.BaseIndex < 0) throw new MergeException($"{Name} needs a base model for tensor '{tensor.Name}'; give base_model.");
        int count = tensor.Sources.Count;
        if (count < LeastModels || count > (MostModels ?? int.MaxValue))
            throw new MergeException($"{Name}: tensor '{tensor.Name}' comes from {count} models, expected {ModelCount}; {(count < LeastModels ? "add a model, or use a method for fewer" : "leave models out, or use a method for more")}.");
        return SameShapes(tensor);
    }

    private string ModelCount => (LeastModels == MostModels ? $"exactly {LeastModels}" : MostModels is { } most ? $"{LeastModels} to {most}" : $"{LeastModels} or more") + (Base == BaseModelUse.Required ? " with the base" : string.Empty);

    /// <summary>The same merge with the sources cut to the output shape where they are larger embeddings, with a warning.</summary>
    /// <param name="tensor">The tensor; its shape is that of <see cref="OutputShape"/>.</param>
    protected static TensorMerge SameShapes(TensorMerge tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Sources.All(source => source.Tensor.Shape.SequenceEqual(tensor.Shape))) return tensor;
        tensor.Settings.Warn($"tensor '{tensor.Name}': the models have embeddings of several sizes; all are cut to their first {tensor.Shape[0]} rows and {tensor.Shape[1]} columns (give 'tokenizer_source' to align them by token instead).");
        return tensor.With([.. tensor.Sources.Select(source => source.Tensor.Shape.SequenceEqual(tensor.Shape) ? source : source with { Tensor = new CroppedTensor(source.Tensor, tensor.Shape[0], tensor.Shape[1]) })]);
    }
}
