namespace Polymath.Tensors.Kernels;

/// <summary>The body of a parallel loop: a struct on the caller's stack, run once per chunk index.</summary>
internal interface IBody
{
    /// <summary>Does the work of one chunk; chunks write disjoint memory, so their order does not matter.</summary>
    void Run(int chunk);
}
