namespace Polymath.Reproductions.Balancing;

/// <summary>Where a balancer went from each of <see cref="ToyLandscape.Starts"/>.</summary>
/// <param name="Balancer">Registry name.</param>
/// <param name="Ends">(L1 + L2) / 2 at the last point, one per start.</param>
/// <param name="Paths">The way, one per start: a point wherever it moved on by a tenth, and the last one.</param>
internal sealed record ToyTrajectories(string Balancer, double[] Ends, (float X1, float X2)[][] Paths);
