namespace Polymath.Tabular.Comparing;

/// <summary>One model with one balancer: what is trained with every seed.</summary>
/// <param name="Model">The model, <c>name[:option=value,...]</c>.</param>
/// <param name="Balancer">The balancer, <c>name[:option=value,...]</c>.</param>
/// <param name="Label">What tables call it: as short as the grid allows.</param>
public sealed record ComparisonCell(string Model, string Balancer, string Label);
