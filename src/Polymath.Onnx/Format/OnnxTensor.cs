namespace Polymath.Onnx.Format;

/// <summary>A constant (<c>TensorProto</c>).</summary>
internal sealed record OnnxTensor : OnnxMessage
{
    private readonly Func<ReadOnlySpan<float>>? _singles;
    private readonly long[]? _integers;
    private readonly double[]? _doubles;
    private readonly IReadOnlyList<string> _texts = [];

    private OnnxTensor(string name, OnnxType type, long[] shape) => (Name, Type, Shape) = (name, type, shape);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Type of its elements.</summary>
    public OnnxType Type { get; }

    /// <summary>Its axis lengths.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>A tensor of floats that stay where they are until they are written.</summary>
    public static OnnxTensor Of(string name, long[] shape, Func<ReadOnlySpan<float>> values) => new(name, OnnxType.Single, shape, values);

    /// <summary>A tensor of integers.</summary>
    public static OnnxTensor Of(string name, long[] shape, long[] values) => new(name, OnnxType.Int64, shape, values);

    /// <summary>A tensor of doubles.</summary>
    public static OnnxTensor Of(string name, long[] shape, double[] values) => new(name, OnnxType.Double, shape, values);

    /// <summary>A tensor of strings.</summary>
    public static OnnxTensor Of(string name, long[] shape, string[] values) => new(name, OnnxType.Text, shape, values);

    private OnnxTensor(string name, OnnxType type, long[] shape, Func<ReadOnlySpan<float>> values)
        : this(name, type, shape) => _singles = values;

    private OnnxTensor(string name, OnnxType type, long[] shape, long[] values)
        : this(name, type, shape) => _integers = values;

    private OnnxTensor(string name, OnnxType type, long[] shape, double[] values)
        : this(name, type, shape) => _doubles = values;

    private OnnxTensor(string name, OnnxType type, long[] shape, string[] values)
        : this(name, type, shape) => _texts = values;

    /// <inheritdoc/>
    public override void Visit(IFieldVisitor fields)
    {
        foreach (long length in Shape) fields.Integer(1, length);
        fields.Integer(2, (int)Type);
        if (_singles is not null) fields.Singles(4, _singles());
        fields.Texts(6, _texts);
        if (_integers is not null) fields.Integers(7, _integers);
        fields.Text(8, Name);
        if (_doubles is not null) fields.Doubles(10, _doubles);
    }
}
