using Polymath.Learning.Reporting;
using Polymath.Tabular.Runs;

namespace Polymath.Tabular.Tuning;

/// <summary>What a search found.</summary>
/// <param name="Names">What varied.</param>
/// <param name="Trials">All trials, the best first: by the epochs they were given, then by their score.</param>
/// <param name="Best">The settings of the best one, ready to train with.</param>
/// <param name="Report">The best one trained and scored on the test rows.</param>
public sealed record TuningResult(IReadOnlyList<string> Names, IReadOnlyList<TuningTrial> Trials, RunSettings Best, RunReport Report);
