using Polymath.Tabular;

namespace Polymath.Reproductions.Tables;

/// <summary>A table of the study: the same rows, split, encoding and budget for every model.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Kind">Which kind of table it is, one of <see cref="StudyTables"/>.</param>
/// <param name="Metric">What its mean score is of: "AUC", "R2".</param>
/// <param name="Data">Encoded rows.</param>
/// <param name="Epochs">Passes over the training rows at most.</param>
/// <param name="BatchSize">Rows per step.</param>
/// <param name="Patience">Epochs without a better validation score before stopping.</param>
internal sealed record StudyTable(string Name, string Kind, string Metric, TabularData Data, int Epochs, int BatchSize, int Patience)
{
    /// <summary>Whether the tasks are the steps of a funnel, each possible only after the one before.</summary>
    public bool IsFunnel { get; init; }
}
