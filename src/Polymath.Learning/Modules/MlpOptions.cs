using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>The layers of an <see cref="Mlp"/>. Four conventions of published libraries are presets.</summary>
/// <example><code>
/// var tower = new MlpOptions { Hidden = [128, 64], BatchNorm = true, Dropout = 0.1f, OutputSize = 1 };
/// MlpOptions deepCtr = MlpOptions.DeepCtr with { Hidden = [256, 128], OutputSize = 1 };
/// </code></example>
public sealed record MlpOptions
{
    /// <summary>Widths of the hidden layers; empty for none. Default: none.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [];

    /// <summary>The nonlinearity of hidden layers. Default: ReLU.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>Whether hidden layers normalise over the batch between the linear map and the activation. Default: no.</summary>
    public bool BatchNorm { get; init; }

    /// <summary>Whether hidden layers normalise every row between the linear map and the activation; not together with <see cref="BatchNorm"/>. Default: no.</summary>
    public bool LayerNorm { get; init; }

    /// <summary>Dropout rate after every hidden layer, in [0, 1). Default: 0.</summary>
    public float Dropout { get; init; }

    /// <summary>Width of a final linear map without activation; null for none. Default: none.</summary>
    public int? OutputSize { get; init; }

    /// <summary>Whether the final linear map has a bias. Default: yes.</summary>
    public bool OutputBias { get; init; } = true;

    /// <summary>
    /// How many hidden layers make a segment of which only the input is kept for the backward sweep, which then computes the rest again; 0
    /// keeps all. Saves memory where a segment has several values: two layers or more, or one with normalisation or dropout. Default: 0.
    /// </summary>
    public int Checkpoint { get; init; }

    /// <summary>Draws every linear weight; null for U(-1/sqrt(in), 1/sqrt(in)), which then also draws the biases.</summary>
    public Initializer? Initializer { get; init; }

    /// <summary>Draws every bias; null for zeros when <see cref="Initializer"/> is given.</summary>
    public Initializer? BiasInitializer { get; init; }

    /// <summary>The names of the children.</summary>
    public MlpNames Names { get; init; } = MlpNames.Default;

    /// <summary>MultiTab baselines: batch norm, weights N(0, 0.01^2), biases 0.</summary>
    public static MlpOptions MultiTab { get; } = new() { BatchNorm = true, Initializer = Initializer.Normal(0f, 0.01f) };

    /// <summary>torch-rechub and MTReclib: batch norm, the default draws of a linear map.</summary>
    public static MlpOptions RecHub { get; } = new() { BatchNorm = true };

    /// <summary>DeepCTR-Torch: weights N(0, 0.0001^2), default biases, no bias on the final map (its prediction layer adds a scalar).</summary>
    public static MlpOptions DeepCtr { get; } = new() { OutputBias = false, Initializer = Initializer.Normal(0f, 1e-4f), BiasInitializer = Initializer.FanInUniform };

    /// <summary>FuxiCTR and STEM: weights Xavier normal, biases 0.</summary>
    public static MlpOptions FuxiCtr { get; } = new() { Initializer = Initializer.XavierNormal() };
}
