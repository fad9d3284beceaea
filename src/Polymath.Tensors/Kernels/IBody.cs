namespace Polymath.Tensors.Kernels;

/// <summary>The body of a parallel loop (<see cref="Workers.For"/>): a struct on the caller's stack, run once per chunk index.</summary>
public interface IBody
{
    /// <summary>Does the work of one chunk; chunks write disjoint memory, so their order does not matter.</summary>
    /// <param name="chunk">Which chunk, from 0.</param>
    void Run(int chunk);
}
