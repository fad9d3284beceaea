namespace Polymath.Benchmarks.Comparison;

/// <summary>A table whose rows belong to tasks, and the iterations of the three blocks.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Features">Columns.</param>
/// <param name="Tasks">Tasks; rows take turns.</param>
/// <param name="Shared">Iterations of block 1.</param>
/// <param name="Robust">Iterations of block 2.</param>
/// <param name="Own">Iterations of block 3.</param>
internal sealed record BoostingSize(int Rows, int Features, int Tasks, int Shared, int Robust, int Own)
{
    /// <summary>As the peer's request has it.</summary>
    public override string ToString() => $"{Rows} {Features} {Tasks} {Shared} {Robust} {Own}";
}
