namespace Polymath.Benchmarks.Comparison;

/// <summary>What a peer process says about itself.</summary>
internal sealed record PeerVersions(string Python, string NumPy, string? Torch, string? Pandas, string? OpenBlasCore, string? OpenBlas, int Threads);
