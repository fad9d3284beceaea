namespace Polymath.Benchmarks.Boosting;

/// <summary>A table and the trees to grow on it.</summary>
/// <param name="Name">For the table of results.</param>
/// <param name="Rows">Rows, the held-out ones last.</param>
/// <param name="Width">Features.</param>
/// <param name="Train">Rows trained on.</param>
/// <param name="Depth">Most splits above a leaf; 0 for growth by leaves.</param>
/// <param name="Leaves">Most leaves; 0 for no limit but the depth.</param>
/// <param name="Trees">Trees.</param>
internal sealed record BoostingShape(string Name, int Rows, int Width, int Train, int Depth, int Leaves, int Trees);
