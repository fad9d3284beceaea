namespace Polymath.Merging;

/// <summary>One expert, a corner of the space that is searched.</summary>
/// <param name="Name">The task vector.</param>
/// <param name="Norm">|tau|.</param>
/// <param name="Cosines">The cosine of its angle to each task vector, in order.</param>
/// <param name="Loss">The mean validation loss of the expert over tasks.</param>
/// <param name="MidpointLoss">The loss halfway between base and expert; much above both ends there is a barrier, and interpolation is not to be trusted.</param>
public sealed record PositionVertex(string Name, double Norm, IReadOnlyList<double> Cosines, double Loss, double MidpointLoss);
