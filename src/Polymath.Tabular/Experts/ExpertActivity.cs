namespace Polymath.Tabular;

/// <summary>All experts and gates of a model on some rows.</summary>
/// <param name="Experts">The outputs of every expert, level by level.</param>
/// <param name="Gates">The weights of every gate, as <see cref="IGatedModel.GateWeights"/> gives them.</param>
/// <param name="SelfGates">Weights with which owners add their own experts beside the mixture (HoME); empty for other models. Rows of a single expert do not sum to 1.</param>
public sealed record ExpertActivity(IReadOnlyList<ExpertOutput> Experts, IReadOnlyList<GateUse> Gates, IReadOnlyList<GateUse> SelfGates);
