namespace Polymath.Tensors.Kernels;

/// <summary>Cuts one block of this thread's working memory into pieces that start on cache lines.</summary>
internal unsafe ref struct Carver
{
    private const int Line = 16;
    private float* _next;

    /// <summary>A block for <paramref name="pieces"/> pieces of <paramref name="length"/> floats together.</summary>
    public Carver(Scratch.Slot slot, nint length, int pieces) => _next = Scratch.Get<float>(slot, length + (pieces * Line));

    /// <summary>The next piece, uninitialised.</summary>
    public float* Take(nint length)
    {
        float* piece = _next;
        _next += (length + Line - 1) / Line * Line;
        return piece;
    }
}
