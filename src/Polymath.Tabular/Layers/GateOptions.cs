using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// The four gates of published libraries: one linear map with bias (default; MultiTab, MTReclib, EasyRec, LibMTL); linear map and batch norm
/// (torch-rechub: <see cref="BatchNorm"/>); hidden layers and a linear map without bias (DeepCTR-Torch: <see cref="Hidden"/>,
/// <see cref="Bias"/> off); hidden layers and a linear map with bias (FuxiCTR).
/// </summary>
public sealed record GateOptions
{
    /// <summary>Widths of hidden layers before the linear map. Default: none.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [];

    /// <summary>Whether the linear map has a bias. Default: yes.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>Whether the logits pass a batch normalisation before the softmax. Default: no.</summary>
    public bool BatchNorm { get; init; }

    /// <summary>The nonlinearity of hidden layers. Default: ReLU.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>Draws every weight; null for U(-1/sqrt(in), 1/sqrt(in)), which then also draws the biases.</summary>
    public Initializer? Initializer { get; init; }

    /// <summary>Draws every bias; null for zeros when <see cref="Initializer"/> is given.</summary>
    public Initializer? BiasInitializer { get; init; }
}
