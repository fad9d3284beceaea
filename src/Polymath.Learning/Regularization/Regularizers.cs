using Polymath.Learning.Configuration;

namespace Polymath.Learning.Regularization;

/// <summary>The registry of representation regularisers.</summary>
/// <example><code>
/// IRepresentationRegularizer regularizer = Regularizers.Create("rep-mtl:lambda_tsr=0.9,tau=0.2");
/// </code></example>
public static class Regularizers
{
    private static readonly ComponentRegistry<IRepresentationRegularizer> s_registry = new("regularizer", RepMtlRegularizer.Component);

    /// <summary>Every regulariser with its parameters.</summary>
    public static IReadOnlyList<Component<IRepresentationRegularizer>> All => s_registry.All;

    /// <summary>A regulariser from "name" or "name:parameter=value,parameter=value".</summary>
    /// <param name="specification">For example "rep-mtl:lambda_tsr=0.9,lambda_csa=0.9".</param>
    /// <exception cref="ComponentException">Unknown name or parameter, or a value out of range.</exception>
    public static IRepresentationRegularizer Create(string specification) => s_registry.Create(specification);
}
