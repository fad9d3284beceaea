namespace Polymath.Learning.Regularization;

/// <summary>A power law p(x) ~ x^-alpha fitted to the largest eigenvalues of a weight matrix.</summary>
/// <param name="Alpha">The exponent, above 1; heavy-tailed self-regularisation theory takes 2 to 4 for well trained layers and more than 6 for barely trained ones.</param>
/// <param name="Minimum">The smallest eigenvalue that belongs to the tail.</param>
/// <param name="Distance">Kolmogorov-Smirnov distance between the tail and the fitted law, in [0, 1].</param>
/// <param name="Tail">Eigenvalues in the tail.</param>
public readonly record struct PowerLawFit(double Alpha, double Minimum, double Distance, int Tail);
