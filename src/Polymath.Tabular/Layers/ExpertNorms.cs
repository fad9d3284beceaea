using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>Experts of a kind as layers.</summary>
internal static class ExpertNorms
{
    /// <summary>Layers with the normalisation and activation of a kind.</summary>
    public static MlpOptions Apply(this ExpertNorm norm, MlpOptions layers) => layers with
    {
        BatchNorm = norm == ExpertNorm.BatchNormSwish,
        LayerNorm = norm == ExpertNorm.LayerNormSwish,
        Activation = norm == ExpertNorm.Relu ? Activation.Relu : Activation.Silu,
    };
}
