namespace Polymath.Onnx.Format;

/// <summary>A named text (<c>StringStringEntryProto</c>).</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">The text.</param>
internal sealed record OnnxProperty(string Key, string Value) : OnnxMessage
{
    /// <inheritdoc/>
    public override void Visit(IFieldVisitor fields)
    {
        fields.Text(1, Key);
        fields.Text(2, Value);
    }
}
