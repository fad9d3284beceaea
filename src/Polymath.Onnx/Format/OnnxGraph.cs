namespace Polymath.Onnx.Format;

/// <summary>A computation (<c>GraphProto</c>): nodes in an order in which every input is known before it is used.</summary>
internal sealed record OnnxGraph : OnnxMessage
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The operations.</summary>
    public required IReadOnlyList<OnnxNode> Nodes { get; init; }

    /// <summary>The constants: weights, shapes.</summary>
    public required IReadOnlyList<OnnxTensor> Initializers { get; init; }

    /// <summary>What a caller gives.</summary>
    public required IReadOnlyList<OnnxValue> Inputs { get; init; }

    /// <summary>What a caller gets.</summary>
    public required IReadOnlyList<OnnxValue> Outputs { get; init; }

    /// <inheritdoc/>
    public override void Visit(IFieldVisitor fields)
    {
        fields.Messages(1, Nodes);
        fields.Text(2, Name);
        fields.Messages(5, Initializers);
        fields.Messages(11, Inputs);
        fields.Messages(12, Outputs);
    }
}
