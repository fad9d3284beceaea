namespace Polymath.Onnx.Format;

/// <summary>A declared input or output <c>[rows, width]</c> (<c>ValueInfoProto</c>).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Width">Length of its second axis; the first is free.</param>
internal sealed record OnnxValue(string Name, OnnxType Type, long Width) : OnnxMessage
{
    /// <inheritdoc/>
    public override void Visit(IFieldVisitor fields)
    {
        fields.Text(1, Name);
        fields.Message(2, new ValueType(Type, Width));
    }

    /// <summary><c>TypeProto</c>, of which only the tensor is used.</summary>
    private sealed record ValueType(OnnxType Type, long Width) : OnnxMessage
    {
        public override void Visit(IFieldVisitor fields) => fields.Message(1, new TensorType(Type, Width));
    }

    /// <summary><c>TypeProto.Tensor</c>.</summary>
    private sealed record TensorType(OnnxType Type, long Width) : OnnxMessage
    {
        public override void Visit(IFieldVisitor fields)
        {
            fields.Integer(1, (int)Type);
            fields.Message(2, new TensorShape(Width));
        }
    }

    /// <summary><c>TensorShapeProto</c>.</summary>
    private sealed record TensorShape(long Width) : OnnxMessage
    {
        public override void Visit(IFieldVisitor fields)
        {
            fields.Message(1, new Dimension(0));
            fields.Message(1, new Dimension(Width));
        }
    }

    /// <summary><c>TensorShapeProto.Dimension</c>; 0 is the number of rows.</summary>
    private sealed record Dimension(long Length) : OnnxMessage
    {
        public override void Visit(IFieldVisitor fields)
        {
            if (Length > 0) fields.Integer(1, Length);
            else fields.Text(2, "rows");
        }
    }
}
