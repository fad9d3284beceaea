using Google.Protobuf;

namespace Polymath.Onnx.Format;

/// <summary>A whole file (<c>ModelProto</c>).</summary>
internal sealed record OnnxModel : OnnxMessage
{
    /// <summary>Version 8 of the format, the one of operator set 17.</summary>
    private const int FormatVersion = 8;

    /// <summary>Name of the program that wrote it.</summary>
    public required string Producer { get; init; }

    /// <summary>Its version.</summary>
    public required string ProducerVersion { get; init; }

    /// <summary>The computation.</summary>
    public required OnnxGraph Graph { get; init; }

    /// <summary>The operator sets it uses.</summary>
    public required IReadOnlyList<OnnxOperatorSet> OperatorSets { get; init; }

    /// <summary>Further facts about it.</summary>
    public IReadOnlyList<OnnxProperty> Properties { get; init; } = [];

    /// <inheritdoc/>
    public override void Visit(IFieldVisitor fields)
    {
        fields.Integer(1, FormatVersion);
        fields.Text(2, Producer);
        fields.Text(3, ProducerVersion);
        fields.Message(7, Graph);
        fields.Messages(8, OperatorSets);
        fields.Messages(14, Properties);
    }

    /// <summary>Writes the file.</summary>
    /// <exception cref="OnnxException">It would be larger than a protobuf message may be.</exception>
    public void Write(Stream stream)
    {
        if (Size > int.MaxValue) throw new OnnxException($"the ONNX file would have {Size} bytes, expected at most {int.MaxValue} (2 GB), the most that its format can hold in one file; make the embedding tables smaller.");
        using var output = new CodedOutputStream(stream, leaveOpen: true);
        Visit(new FieldWriter(output));
        output.Flush();
    }
}
