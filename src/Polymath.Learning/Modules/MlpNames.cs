using System.Globalization;

namespace Polymath.Learning;

/// <summary>The child names of an <see cref="Mlp"/>, so that its parameters carry the names of a state dict written elsewhere.</summary>
/// <example><code>
/// // torch.nn.Sequential(Linear, BatchNorm1d, ReLU, Dropout, Linear): "mlp.0.weight", "mlp.1.weight", "mlp.4.weight"
/// var options = new MlpOptions { Hidden = [64], OutputSize = 1, BatchNorm = true, Names = MlpNames.Sequential("mlp.", stride: 4) };
/// </code></example>
public sealed record MlpNames
{
    /// <summary><c>layers.0.linear</c>, <c>layers.0.norm</c>, <c>output</c>.</summary>
    public static MlpNames Default { get; } = new();

    /// <summary>Name of the linear map of hidden layer i.</summary>
    public Func<int, string> Linear { get; init; } = static layer => string.Create(CultureInfo.InvariantCulture, $"layers.{layer}.linear");

    /// <summary>Name of the normalisation of hidden layer i.</summary>
    public Func<int, string> Norm { get; init; } = static layer => string.Create(CultureInfo.InvariantCulture, $"layers.{layer}.norm");

    /// <summary>Name of the output map, given the number of hidden layers.</summary>
    public Func<int, string> Output { get; init; } = static _ => "output";

    /// <summary>Positions in a flat list: hidden layer i has its linear map at i x stride and its normalisation right after it.</summary>
    /// <param name="prefix">In front of the position; ends with a dot or is empty.</param>
    /// <param name="stride">Entries per hidden layer: 4 for linear, norm, activation, dropout.</param>
    public static MlpNames Sequential(string prefix = "", int stride = 4) => new()
    {
        Linear = layer => string.Create(CultureInfo.InvariantCulture, $"{prefix}{layer * stride}"),
        Norm = layer => string.Create(CultureInfo.InvariantCulture, $"{prefix}{(layer * stride) + 1}"),
        Output = hidden => string.Create(CultureInfo.InvariantCulture, $"{prefix}{hidden * stride}"),
    };
}
