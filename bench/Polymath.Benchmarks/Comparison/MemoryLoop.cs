namespace Polymath.Benchmarks.Comparison;

/// <summary>The loops that memory bandwidth is measured with.</summary>
internal enum MemoryLoop
{
    /// <summary>One array is read.</summary>
    Read = 1,

    /// <summary>One array is read, one is written.</summary>
    Copy = 2,

    /// <summary>Two arrays are read, one is written.</summary>
    Triad = 3,
}
