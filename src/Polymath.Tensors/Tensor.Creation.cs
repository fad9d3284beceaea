namespace Polymath.Tensors;

public readonly partial struct Tensor
{
    /// <summary>A copy of values in a shape (default: one axis).</summary>
    /// <exception cref="TensorException">The shape does not hold that many values.</exception>
    public static Tensor FromArray(ReadOnlySpan<float> values, params ReadOnlySpan<int> shape)
    {
        Shape target = shape.Length == 0 ? new Shape(values.Length) : new Shape(shape);
        if (target.Length != values.Length) throw new TensorException($"Tensor.FromArray: {values.Length} values do not fill shape {target}.");
        Node node = Allocate(target);
        values.CopyTo(node.Span);
        return new Tensor(node);
    }

    /// <summary>A scalar.</summary>
    public static Tensor Scalar(float value)
    {
        Node node = Allocate(new Shape());
        node.Span[0] = value;
        return new Tensor(node);
    }

    /// <summary>All zeros.</summary>
    public static Tensor Zeros(params ReadOnlySpan<int> shape) => Full(0f, new Shape(shape));

    /// <summary>All zeros.</summary>
    public static Tensor Zeros(in Shape shape) => Full(0f, shape);

    /// <summary>All ones.</summary>
    public static Tensor Ones(params ReadOnlySpan<int> shape) => Full(1f, new Shape(shape));

    /// <summary>One value everywhere.</summary>
    public static Tensor Full(float value, params ReadOnlySpan<int> shape) => Full(value, new Shape(shape));

    /// <summary>One value everywhere.</summary>
    public static Tensor Full(float value, in Shape shape)
    {
        Node node = Allocate(shape);
        node.Span.Fill(value);
        return new Tensor(node);
    }

    /// <summary>0, 1, ..., <paramref name="count"/> - 1.</summary>
    public static Tensor Range(int count)
    {
        Node node = Allocate(new Shape(count));
        Span<float> values = node.Span;
        for (int i = 0; i < values.Length; i++) values[i] = i;
        return new Tensor(node);
    }

    /// <summary>Independent uniforms in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public static Tensor Uniform(RandomStream random, in Shape shape, float low = 0f, float high = 1f)
    {
        Node node = Allocate(shape);
        Tape.Draws(random);
        random.FillUniform(node.Span, low, high);
        return new Tensor(node);
    }

    /// <summary>Independent normals.</summary>
    public static Tensor Normal(RandomStream random, in Shape shape, float mean = 0f, float deviation = 1f)
    {
        Node node = Allocate(shape);
        Tape.Draws(random);
        random.FillNormal(node.Span, mean, deviation);
        return new Tensor(node);
    }
}
