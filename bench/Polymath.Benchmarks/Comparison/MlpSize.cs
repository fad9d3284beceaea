namespace Polymath.Benchmarks.Comparison;

/// <summary>A plain network and the rows it is given.</summary>
/// <param name="Batch">B, rows.</param>
/// <param name="Inputs">Width of a row.</param>
/// <param name="Hidden">Widths of the layers.</param>
internal sealed record MlpSize(int Batch, int Inputs, IReadOnlyList<int> Hidden)
{
    /// <summary>The network that the larger targets are about: 128-512-512-512, 1024 rows.</summary>
    public static MlpSize Large { get; } = new(1024, 128, [512, 512, 512]);

    /// <summary>The network that the smaller targets are about: 64-256-256-256, 256 rows.</summary>
    public static MlpSize Small { get; } = new(256, 64, [256, 256, 256]);

    /// <summary>P, the weights of the layers; a head of one output is left out.</summary>
    public double Weights => Hidden.Select((width, layer) => (double)width * (layer == 0 ? Inputs : Hidden[layer - 1])).Sum();

    /// <summary>2 B P of the forward pass, and for each of K tasks 2 B P for the weights' gradients and as much for the layers' inputs, the first one's excepted.</summary>
    /// <param name="tasks">K.</param>
    public double GradientFlops(int tasks) => 2.0 * Batch * (Weights + (tasks * (Weights + Weights - (Hidden[0] * Inputs))));

    /// <summary>"1024 128 512 512 512", as a peer is told.</summary>
    public override string ToString() => $"{Batch} {Inputs} {string.Join(' ', Hidden)}";
}
