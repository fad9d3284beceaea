namespace Polymath.Learning.Relevance;

/// <summary>What <see cref="Lasso.Solve"/> found.</summary>
/// <param name="Coefficients">[columns] the vector x; coordinates that do not matter are exactly 0.</param>
/// <param name="Objective">1/2 ||A x - b||^2 + lambda ||x||_1.</param>
/// <param name="DualityGap">Upper bound of the distance of <paramref name="Objective"/> from the optimum.</param>
/// <param name="Sweeps">Passes of coordinate descent.</param>
/// <param name="Converged">Whether the gap fell below the tolerance.</param>
public sealed record LassoSolution(double[] Coefficients, double Objective, double DualityGap, int Sweeps, bool Converged);
