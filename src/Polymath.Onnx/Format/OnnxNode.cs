namespace Polymath.Onnx.Format;

/// <summary>One operation (<c>NodeProto</c>).</summary>
internal sealed record OnnxNode : OnnxMessage
{
    /// <summary>Names of the values it reads; an empty name leaves an optional one out.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>Names of the values it gives.</summary>
    public required IReadOnlyList<string> Outputs { get; init; }

    /// <summary>A name of its own.</summary>
    public required string Name { get; init; }

    /// <summary>The operator.</summary>
    public required string Operator { get; init; }

    /// <summary>The set of the operator; empty for the standard one.</summary>
    public string Domain { get; init; } = string.Empty;

    /// <summary>Its settings.</summary>
    public IReadOnlyList<OnnxAttribute> Attributes { get; init; } = [];

    /// <inheritdoc/>
    public override void Visit(IFieldVisitor fields)
    {
        fields.Texts(1, Inputs);
        fields.Texts(2, Outputs);
        fields.Text(3, Name);
        fields.Text(4, Operator);
        fields.Messages(5, Attributes);
        if (Domain.Length > 0) fields.Text(7, Domain);
    }
}
