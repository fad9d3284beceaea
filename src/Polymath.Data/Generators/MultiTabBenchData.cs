namespace Polymath.Data.Generators;

/// <summary>Tables that share one set of weights.</summary>
/// <param name="Train">Training rows: columns x0 .. x(D-1), y0 .. y(T-1).</param>
/// <param name="Validation">Validation rows, or null.</param>
/// <param name="Test">Test rows, or null.</param>
/// <param name="Weights">W, <c>[tasks, features]</c>.</param>
/// <param name="GramMatrix">W W^T, <c>[tasks, tasks]</c>: the task correlations.</param>
public sealed record MultiTabBenchData(Table Train, Table? Validation, Table? Test, double[,] Weights, double[,] GramMatrix);
