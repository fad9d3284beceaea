namespace Polymath.Learning.Reporting;

/// <summary>What one expert did on some rows.</summary>
/// <param name="Level">Layer of the expert, from 0.</param>
/// <param name="Name">"shared.1", or "income.0" of a task or group.</param>
/// <param name="Owner">Whose it is: the name of a task or group; empty for a shared one.</param>
/// <param name="Width">Number of its outputs.</param>
/// <param name="ZeroRate">Outputs that were exactly zero, in [0, 1].</param>
/// <param name="DeadUnits">Units that were zero for all rows.</param>
/// <param name="Mean">Mean of its outputs.</param>
/// <param name="Deviation">Standard deviation of its outputs over rows and units.</param>
public sealed record ExpertFigures(int Level, string Name, string Owner, int Width, double ZeroRate, int DeadUnits, double Mean, double Deviation);
