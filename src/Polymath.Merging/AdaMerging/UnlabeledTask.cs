using Polymath.Merging.TaskVectors;

namespace Polymath.Merging;

/// <summary>A task's unlabelled inputs and its frozen head, as AdaMerging needs them.</summary>
/// <param name="Name">The name of the task vector that belongs to it.</param>
/// <param name="Rows">How many inputs there are, at least 1.</param>
/// <param name="Logits">The task's logits <c>[rows, classes]</c> for some inputs, through the network that is being merged and the task's own head.</param>
/// <example><code>
/// var task = new UnlabeledTask("digits", inputs.Shape[0], rows => digitsHead.Forward(encoder.Forward(inputs.GatherRows(IndexTensor.FromArray(rows)))));
/// </code></example>
public sealed record UnlabeledTask(string Name, int Rows, RowForward Logits)
{
    /// <summary>A loss of one element to lower in place of the entropy, for tasks without classes (regression, generation); null for the entropy.</summary>
    public RowForward? Surrogate { get; init; }
}
