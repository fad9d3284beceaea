namespace Polymath.Tensors;

/// <summary>
/// What a <see cref="Tensor"/> handle points to: a value (a slice of a buffer with a shape) and how it was computed. Nodes made
/// on a tape belong to it and are used again after it is reset; <see cref="Version"/> then exposes stale handles.
/// </summary>
internal sealed unsafe class Node
{
    private const int UsualInputs = 3;

    public Buffer Buffer = null!;
    public int Offset;
    public Shape Shape;
    public int Version;

    public Tape? Tape;
    public int Index = -1;
    public bool RequiresGradient;
    public bool Scratch;
    public int Holds;

    public Op? Op;
    public Node[] Inputs;
    public int InputCount;
    public Node? Leaf;

    // What the forward rule keeps for the backward rule; each op documents its own use.
    public Node?[] Saved = new Node?[3];
    public IndexTensor? Indices;
    public int A, B;
    public float X, Y;
    public bool Flag;
    public Shape SavedShape;

    private readonly Node[] _usualInputs = new Node[UsualInputs];

    public Node() => Inputs = _usualInputs;

    public float* Pointer => Buffer.Pointer + Offset;

    public Span<float> Span => new(Pointer, Shape.Length);

    /// <summary>Forgets value and graph; arrays stay for the next use.</summary>
    public void Clear()
    {
        Version++;
        Buffer = null!;
        Op = null;
        Leaf = null;
        Indices = null;
        RequiresGradient = false;
        Scratch = false;
        Holds = 0;
        Index = -1;
        SetInputs([]);
        Array.Clear(Saved);
    }

    public void SetInputs(ReadOnlySpan<Node> inputs)
    {
        Array.Clear(Inputs, 0, InputCount);
        if (Inputs.Length > UsualInputs) Tape!.InputArrays.Return(Inputs);
        Inputs = inputs.Length > UsualInputs ? Tape!.InputArrays.Rent(inputs.Length) : _usualInputs;
        inputs.CopyTo(Inputs);
        InputCount = inputs.Length;
    }
}
