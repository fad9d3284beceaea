namespace Polymath.Merging;

/// <summary>One task's probe loss along the way.</summary>
/// <param name="Name">The task.</param>
/// <param name="Base">At theta_0.</param>
/// <param name="Start">At the start: the uniform point.</param>
/// <param name="Found">At the point that was found.</param>
public sealed record PositionedTask(string Name, double Base, double Start, double Found);
