namespace Polymath.Benchmarks.Comparison;

/// <summary>What a measurement is held against.</summary>
internal enum Yardstick
{
    /// <summary>The peer at its best, see <see cref="Peer"/>: its time / ours.</summary>
    TunedPeer,

    /// <summary>A peer whose kernels do not matter: its time / ours.</summary>
    OtherPeer,

    /// <summary>The peer as its package was installed: its time / ours.</summary>
    InstalledPeer,

    /// <summary>Our time / the time that the work's FLOPs take at the fastest measured matrix product.</summary>
    MatrixProductTime,

    /// <summary>Bytes moved per second / those of the case's <see cref="MemoryLoop"/>, measured in the same rounds.</summary>
    Bandwidth,

    /// <summary>Our time in seconds.</summary>
    Seconds,

    /// <summary>Bytes that one operation leaves to the garbage collector.</summary>
    Allocation,
}
