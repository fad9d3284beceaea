using Polymath.Tensors;

namespace Polymath.Onnx.Tracing;

/// <summary>One value of the network, as every run saw it.</summary>
/// <param name="Nodes">The value in each run.</param>
/// <param name="Shape">Its axes.</param>
internal sealed record TracedValue(Node[] Nodes, Dimension[] Shape)
{
    /// <summary>Its axes as text.</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}
