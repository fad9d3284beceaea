using Polymath.Merging.TaskVectors;

namespace Polymath.Merging.Masks;

/// <summary>A model merged by consensus.</summary>
/// <param name="Model">theta_0 + alpha tau_cons.</param>
/// <param name="Vector">tau_cons.</param>
/// <param name="Scale">alpha.</param>
/// <param name="Score">The score of the chosen scale, or NaN where none was asked for.</param>
/// <param name="Density">The share of weights that is kept, in [0, 1].</param>
public sealed record ConsensusModel(ModelState Model, TaskVector Vector, float Scale, double Score, double Density);
