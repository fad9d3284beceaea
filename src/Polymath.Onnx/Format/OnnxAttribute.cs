namespace Polymath.Onnx.Format;

/// <summary>One setting of an operation (<c>AttributeProto</c>).</summary>
internal sealed record OnnxAttribute : OnnxMessage
{
    private const int SingleType = 1, IntegerType = 2, TensorType = 4, IntegersType = 7, TextsType = 8;

    private readonly int _type;
    private readonly float _single;
    private readonly long _integer;
    private readonly long[] _integers = [];
    private readonly IReadOnlyList<string> _texts = [];
    private readonly OnnxTensor? _tensor;

    private OnnxAttribute(string name, int type) => (Name, _type) = (name, type);

    /// <summary>A number.</summary>
    public OnnxAttribute(string name, float value)
        : this(name, SingleType) => _single = value;

    /// <summary>An integer.</summary>
    public OnnxAttribute(string name, long value)
        : this(name, IntegerType) => _integer = value;

    /// <summary>Integers.</summary>
    public OnnxAttribute(string name, params ReadOnlySpan<long> values)
        : this(name, IntegersType) => _integers = values.ToArray();

    /// <summary>Texts.</summary>
    public OnnxAttribute(string name, IReadOnlyList<string> values)
        : this(name, TextsType) => _texts = values;

    /// <summary>A tensor.</summary>
    public OnnxAttribute(string name, OnnxTensor value)
        : this(name, TensorType) => _tensor = value;

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public override void Visit(IFieldVisitor fields)
    {
        fields.Text(1, Name);
        if (_type == SingleType) fields.Single(2, _single);
        if (_type == IntegerType) fields.Integer(3, _integer);
        if (_tensor is not null) fields.Message(5, _tensor);

        // This message declares its lists without packing them.
        foreach (long value in _integers) fields.Integer(8, value);
        fields.Texts(9, _texts);
        fields.Integer(20, _type);
    }
}
