namespace Polymath.Data.Generators;

/// <summary>Tables of the same tasks.</summary>
/// <param name="Train">Training rows: columns x0 .. x(D-1), task, y. Rows are in task order, and tasks are called 0 .. T-1.</param>
/// <param name="Test">Test rows, or null.</param>
/// <param name="Outliers">The tasks that do not belong.</param>
public sealed record SyntheticMultiTaskTables(Table Train, Table? Test, IReadOnlyList<string> Outliers);
