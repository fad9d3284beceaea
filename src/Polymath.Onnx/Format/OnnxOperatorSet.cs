namespace Polymath.Onnx.Format;

/// <summary>A set of operators and its version (<c>OperatorSetIdProto</c>).</summary>
/// <param name="Domain">Empty for the standard operators, <c>ai.onnx.ml</c> for those of classic machine learning.</param>
/// <param name="Version">Version of the set.</param>
internal sealed record OnnxOperatorSet(string Domain, long Version) : OnnxMessage
{
    /// <inheritdoc/>
    public override void Visit(IFieldVisitor fields)
    {
        fields.Text(1, Domain);
        fields.Integer(2, Version);
    }
}
