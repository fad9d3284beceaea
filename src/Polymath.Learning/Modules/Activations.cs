using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>Finds activations by the names used in configurations.</summary>
/// <example><code>
/// Tensor y = Tensor.FromArray([-1f, 2f]).Apply(Activations.Parse("relu"));   // [0, 2]
/// </code></example>
public static class Activations
{
    private static readonly (string Name, Activation Activation)[] s_names =
    [
        ("identity", Activation.Identity), ("relu", Activation.Relu), ("gelu", Activation.Gelu), ("gelu_tanh", Activation.GeluTanh),
        ("silu", Activation.Silu), ("sigmoid", Activation.Sigmoid), ("tanh", Activation.Tanh),
    ];

    /// <summary>All names, in the order of <see cref="Activation"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_names.Select(entry => entry.Name)];

    /// <summary>The name in configurations: <c>gelu_tanh</c>.</summary>
    /// <param name="activation">An activation.</param>
    public static string NameOf(Activation activation) => Array.Find(s_names, entry => entry.Activation == activation).Name
        ?? throw new ArgumentOutOfRangeException(nameof(activation), activation, "expected a named activation.");

    /// <summary>The activation of a name, ignoring case.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">Unknown name; the message lists the known ones.</exception>
    public static Activation Parse(string name)
    {
        foreach ((string known, Activation activation) in s_names)
        {
            if (string.Equals(known, name, StringComparison.OrdinalIgnoreCase)) return activation;
        }

        throw new ArgumentException($"unknown activation '{name}'; known: {string.Join(", ", Names)}.", nameof(name));
    }
}
