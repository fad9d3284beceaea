namespace Polymath.Learning.Relevance;

/// <summary>What <see cref="BasisPursuit.Solve"/> found.</summary>
/// <param name="Coefficients">[columns] the vector x; at most rank(A) different columns carry weight.</param>
/// <param name="Dual">
/// [rows] a certificate y: |a_j^T y| is at most 1 for every column and b^T y = ||x||_1 (for the projection of b on the range of A), so no
/// other solution has a smaller norm.
/// </param>
/// <param name="Norm1">||x||_1.</param>
/// <param name="Residual">||A x - b||: 0 up to rounding when b lies in the range of A, else the smallest possible.</param>
/// <param name="Rank">The numerical rank of A.</param>
public sealed record BasisPursuitSolution(double[] Coefficients, double[] Dual, double Norm1, double Residual, int Rank);
